import { shortGroupId } from '../wire/layout-names';
import { pathProblem, pathSetProblem } from '../wire/safe-path';
import { StoreError } from './store';

/** Files by path, relative to the store's own path. */
export type Files = Map<string, Uint8Array | string>;

export type FilepathMode = 'nestedByMetadata' | 'aggregatedYAML' | 'none';

/** What a placement's place in a store depends on. */
export interface PlacementPlace {
  /** `spec.path` of the Destination. */
  destinationPath: string;
  /** Namespace of the WorkPlacement. */
  namespace: string;
  promise: string;
  /** Name of the request; empty or absent for a dependency of the Promise. */
  resource?: string;
  /** Empty or absent for static dependencies. */
  pipeline?: string;
  /** Id of the workload group, full or short. */
  groupId: string;
}

/**
 * A directory as people write it, without leading, trailing and doubled slashes; `/` and the empty text are the root,
 * given back as the empty text. Throws a StoreError naming `field` for `..`, `.git` and other unsafe names.
 */
export function cleanDirectory(path: string, field: string): string {
  const clean = path.split('/').filter(name => name !== '' && name !== '.').join('/');
  const problem = clean === '' ? undefined : pathProblem(clean);
  if (problem) throw new StoreError('InvalidSpec', `${field}: ${JSON.stringify(path)} ${problem}; name a directory inside the store`);
  return clean;
}

/** Whether one of two directories is the other, or lies in it: two such destinations of one store would write over each other. */
export function directoriesOverlap(a: string, b: string): boolean {
  const names = (path: string) => path.split('/').filter(name => name !== '' && name !== '.');
  const [shorter = [], longer = []] = [names(a), names(b)].sort((x, y) => x.length - y.length);
  return shorter.every((name, index) => name === longer[index]);
}

const join = (...parts: Array<string | undefined>) => parts.filter(part => part !== undefined && part !== '').join('/');

/** Mode nestedByMetadata: the directory that belongs to one placement alone. Source: kratix-behaviour.md B-SS-30. */
export function nestedDirectory(place: PlacementPlace): string {
  const destination = cleanDirectory(place.destinationPath, 'Destination spec.path');
  const group = shortGroupId(place.groupId);
  const directory = place.resource
    ? join(destination, 'resources', place.namespace, place.promise, place.resource, place.pipeline, group)
    : join(destination, 'dependencies', place.promise, place.pipeline, group);
  const problem = pathProblem(directory);
  if (problem) throw new StoreError('InvalidPath', `placement directory ${JSON.stringify(directory)} ${problem}`);
  return directory;
}

/** Mode nestedByMetadata: what the placement owns and the files in it. Throws a StoreError with reason `InvalidPath`, naming the file. */
export function nestedLayout(place: PlacementPlace, files: Iterable<[path: string, content: Uint8Array | string]>): { owns: string; put: Files } {
  const owns = nestedDirectory(place);
  const list = [...files];
  const problem = pathSetProblem(list.map(([path]) => path));
  if (problem) throw new StoreError('InvalidPath', `files of ${place.resource ?? place.promise}: ${problem}`);
  return { owns, put: new Map(list.map(([path, content]) => [`${owns}/${path}`, content])) };
}

const CANARY_NAMESPACE = `apiVersion: v1
kind: Namespace
metadata:
  name: kratix-worker-system
`;

const CANARY_CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: kratix-info
  namespace: kratix-worker-system
data:
  canary: this confirms your infrastructure is reading from Kratix state stores
`;

/** The two documents that show that a Destination is written to, and that what reads it applies them. Source: B-SS-13. */
export function canaryFiles(destinationPath: string, mode: FilepathMode): Files {
  const destination = cleanDirectory(destinationPath, 'Destination spec.path');
  const nested = mode === 'nestedByMetadata';
  return new Map([
    [join(destination, nested ? 'dependencies' : '', 'kratix-canary-namespace.yaml'), CANARY_NAMESPACE],
    [join(destination, nested ? 'resources' : '', 'kratix-canary-configmap.yaml'), CANARY_CONFIG_MAP],
  ]);
}
