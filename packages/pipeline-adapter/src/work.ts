import { digestOf, encodeContent, groupId, ROOT_DIRECTORY } from '@kratix-ts/core/wire';
import { Failure } from './failure';
import { DirectorySelector, SELECTORS_FILE } from './metadata';
import { largest, OutputFile } from './output';

export interface DestinationSelector {
  matchLabels: Record<string, string>;
  source: string;
}

export interface WorkloadGroup {
  directory: string;
  id: string;
  workloads: Array<{ filepath: string; content: string }>;
  destinationSelectors: DestinationSelector[];
}

/** The Work as the engine wants it written, with the workloads still to come. */
export interface WorkTemplate {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; [field: string]: unknown };
  spec: { promiseName: string; resourceName?: string };
}

export interface Work extends WorkTemplate {
  spec: WorkTemplate['spec'] & {
    lastExecutionTimestamp: string;
    workloadGroups: WorkloadGroup[];
    result?: { status?: Record<string, unknown> };
  };
}

/** An object of an API server may be little larger than this, everything counted. */
export const MAX_WORK_BYTES = 1_000_000;

const workloads = (files: readonly OutputFile[]) => files.map(({ path, content }) => ({ filepath: path, content: encodeContent(content) }));
const inDirectory = (directory: string) => (file: OutputFile) => file.path.startsWith(`${directory}/`);

/** The entries of one source as one; a later entry wins over an earlier one. */
function merged(selectors: readonly DestinationSelector[], source: string): DestinationSelector[] {
  const own = selectors.filter(selector => selector.source === source);
  return own.length ? [{ matchLabels: Object.assign({}, ...own.map(({ matchLabels }) => matchLabels)), source }] : [];
}

/**
 * Sorts files into groups, each with its selectors: one group for each directory that destination-selectors.yaml names,
 * then one for the rest. Source: kratix-behaviour.md B-POD-13, B-POD-14.
 */
export function workloadGroups(
  files: readonly OutputFile[],
  entries: readonly DirectorySelector[],
  promiseSelectors: readonly DestinationSelector[],
  workflowType: string,
  hasDirectory: (directory: string) => boolean,
): WorkloadGroup[] {
  const source = `${workflowType}-workflow`;
  const directories = entries.filter(({ directory }) => directory !== ROOT_DIRECTORY);
  const missing = directories.find(({ directory }) => !hasDirectory(directory));
  if (missing) throw new Failure(`${SELECTORS_FILE} names the directory ${JSON.stringify(missing.directory)}, which the output does not have`);
  const claimed = directories.map(({ directory, matchLabels }) => ({
    directory,
    id: groupId(directory),
    workloads: workloads(files.filter(inDirectory(directory))),
    destinationSelectors: [{ matchLabels, source }],
  }));
  const rest = files.filter(file => !directories.some(({ directory }) => inDirectory(directory)(file)));
  const root = entries.filter(({ directory }) => directory === ROOT_DIRECTORY).map(({ matchLabels }) => ({ matchLabels, source }));
  const common = {
    directory: ROOT_DIRECTORY,
    id: groupId(ROOT_DIRECTORY),
    workloads: workloads(rest),
    destinationSelectors: [...root, ...merged(promiseSelectors, 'promise-workflow'), ...merged(promiseSelectors, 'promise')],
  };
  return [...claimed, common].filter(group => group.workloads.length > 0);
}

/** The whole object to write, and the digest of its spec. Throws {@link Failure} naming the largest files when no API server would take it. */
export function buildWork(template: WorkTemplate, groups: WorkloadGroup[], status: Record<string, unknown> | undefined, now: Date): { work: Work; body: string; digest: string } {
  const work: Work = {
    ...template,
    spec: {
      ...template.spec,
      lastExecutionTimestamp: now.toISOString().replace(/\.\d+Z$/u, 'Z'),
      workloadGroups: groups,
      ...(status ? { result: { status } } : {}),
    },
  };
  const body = JSON.stringify(work);
  const size = Buffer.byteLength(body);
  if (size > MAX_WORK_BYTES) {
    const packed = groups.flatMap(group => group.workloads.map(({ filepath, content }) => ({ path: filepath, size: content.length })));
    const parts = [...packed, ...(status ? [{ path: 'status.yaml', size: Buffer.byteLength(JSON.stringify(status)) }] : [])];
    throw new Failure(`the output has ${size} bytes when it is compressed, and an object of the API holds at most ${MAX_WORK_BYTES}; the largest files are ${largest(parts)}`);
  }
  return { work, body, digest: digestOf(work.spec) };
}
