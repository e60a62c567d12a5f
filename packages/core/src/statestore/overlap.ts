import { cleanDirectory, directoriesOverlap } from './layout';

/** Where a Destination writes, and since when. */
export interface Occupied {
  /** Name of the Destination. */
  name: string;
  createdAt: string | undefined;
  /** Tells one repository or bucket from another, whichever store object it was reached through. */
  repository: string;
  /** The directory in it, the store's own path included. */
  directory: string;
}

/** Spec of a store, as far as it says what it writes to. */
export interface StoreAddress {
  url?: string;
  branch?: string;
  endpoint?: string;
  bucketName?: string;
  path?: string;
}

/** The same for every way of writing one address: letter case of the host, a closing slash or `.git`, a user, a standard port. */
export function repositoryAddress(spec: StoreAddress): string {
  if (spec.bucketName !== undefined) return `bucket ${(spec.endpoint ?? '').toLowerCase().replace(/^https?:\/\//u, '').replace(/\/+$/u, '')}/${spec.bucketName}`;
  const scp = /^(?:[^@/]+@)?([^/:]+):(?!\/)(.+)$/u.exec(spec.url ?? '');
  const plain = scp ? `${scp[1]}/${scp[2]}` : (spec.url ?? '').replace(/^[a-z+]+:\/\/(?:[^@/]+@)?/iu, '');
  const [host = '', ...path] = plain.replace(/(?:\.git)?\/*$/u, '').split('/');
  return `git ${[host.toLowerCase().replace(/:(?:22|80|443)$/u, ''), ...path].filter((part, index) => index === 0 || part !== '').join('/')}#${spec.branch ?? 'main'}`;
}

/** The directory of a Destination within its repository. Throws StoreError for an unsafe path. */
export function directoryOf(store: StoreAddress, destinationPath: string): string {
  return [cleanDirectory(store.path ?? '', 'spec.path'), cleanDirectory(destinationPath, 'Destination spec.path')].filter(part => part !== '').join('/');
}

const isOlder = (a: Occupied, b: Occupied) => (a.createdAt ?? '') < (b.createdAt ?? '') || (a.createdAt === b.createdAt && a.name < b.name);

/**
 * The older Destination in whose way this one is: both write to one directory, or one into the other's. Undefined where
 * there is none; of two, only the newer one has it. Source: Q-51, which this mends for paths however they are written and
 * for two stores of one repository.
 */
export function overlappedBy(one: Occupied, others: Iterable<Occupied>): Occupied | undefined {
  for (const other of others) {
    const isSame = other.name === one.name || other.repository !== one.repository;
    if (!isSame && isOlder(other, one) && directoriesOverlap(one.directory, other.directory)) return other;
  }
  return undefined;
}
