import type { Difference, ForeignChange } from './store';

const MAX_NAMED = 5;

const DONE: Record<Difference['was'], string> = { missing: 'was removed', different: 'was edited', surplus: 'was added' };

/** The paths that somebody else changed, and the directories that hold them. */
export class ChangedPaths {
  private readonly all: ReadonlySet<string> | undefined;

  /** Undefined stands for any path. */
  constructor(paths: ForeignChange['paths']) {
    this.all = paths && new Set(paths.flatMap(withParents));
  }

  /** Whether something at this path or below it may have changed; the empty path is the root. */
  touch(path: string): boolean {
    return this.all === undefined || this.all.has(path) || (path === '' && this.all.size > 0);
  }
}

function withParents(path: string): string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** Says which files were changed how, and in which state of the store that was found. `root` is the store's own path. */
export function driftWords(differences: readonly Difference[], { version, author }: ForeignChange, root: string): string {
  const named = differences.slice(0, MAX_NAMED).map(({ path, was }) => `"${root === '' ? path : `${root}/${path}`}" ${DONE[was]}`);
  const rest = differences.length - named.length;
  const files = rest > 0 ? `${named.join(', ')} and ${rest} more files` : named.join(', ');
  const where = version === '' ? '' : `; found in version ${version}`;
  return `${files} by hand${where}${author ? ` by ${author}` : ''}`;
}
