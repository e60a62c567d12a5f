import { digestOf, encodeContent, groupId, labels, ROOT_DIRECTORY, splitFiles, WorkPart } from '@kratix-ts/core/wire';
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
    parts?: WorkPart[];
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

/** All files together, packed, may have this many bytes. */
export const MAX_PACKED_BYTES = 5_500_000;

/** One object to write. */
export interface Written {
  metadata: { name: string; namespace: string };
  body: string;
}

/** A Work and, where its files do not fit into it, the further Works that hold them; those are written first. */
export interface Delivery extends Written {
  work: Work;
  digest: string;
  parts: Written[];
}

const packedBytes = (content: string) => Math.floor((content.length * 3) / 4);

function refuseTooMuch(groups: readonly WorkloadGroup[]): void {
  const packed = groups.flatMap(group => group.workloads.map(({ filepath, content }) => ({ path: filepath, size: packedBytes(content) })));
  const size = packed.reduce((sum, file) => sum + file.size, 0);
  if (size <= MAX_PACKED_BYTES) return;
  throw new Failure(`the output has ${size} bytes when it is compressed, and at most ${MAX_PACKED_BYTES} are delivered; the largest files are ${largest(packed)}`);
}

/**
 * The objects to write, and the digest of the Work's spec, which names the digests of its parts. Throws {@link Failure}
 * naming the largest files when it is more than is delivered.
 */
export function buildWork(template: WorkTemplate, groups: WorkloadGroup[], status: Record<string, unknown> | undefined, now: Date): Delivery {
  refuseTooMuch(groups);
  const lastExecutionTimestamp = now.toISOString().replace(/\.\d+Z$/u, 'Z');
  const result = status ? { result: { status } } : {};
  const whole: Work = { ...template, spec: { ...template.spec, lastExecutionTimestamp, workloadGroups: groups, ...result } };
  const body = JSON.stringify(whole);
  if (Buffer.byteLength(body) <= MAX_WORK_BYTES) return { metadata: whole.metadata, work: whole, body, digest: digestOf(whole.spec), parts: [] };
  const pieces = splitFiles(template.metadata.name, new Map(groups.map(({ id, workloads: files }) => [id, files])));
  const work: Work = {
    ...template,
    spec: {
      ...template.spec, lastExecutionTimestamp, ...result,
      workloadGroups: groups.map(group => ({ ...group, workloads: [] })),
      parts: pieces.map(({ name, digest }) => ({ name, digest })),
    },
  };
  const first = JSON.stringify(work);
  const size = Buffer.byteLength(first);
  if (size > MAX_WORK_BYTES) throw new Failure(`status.yaml and destination-selectors.yaml have ${size} bytes together, and an object of the API holds at most ${MAX_WORK_BYTES}; write less of them`);
  const parts = pieces.map(({ name, piece }) => partOf(template, lastExecutionTimestamp, name, piece));
  return { metadata: work.metadata, work, body: first, digest: digestOf(work.spec), parts };
}

/** Nothing finds it by the labels of its request: the Work itself names it. */
function partOf({ apiVersion, kind, metadata, spec }: WorkTemplate, lastExecutionTimestamp: string, name: string, piece: string): Written {
  const { namespace, ownerReferences } = metadata;
  const own = { name, namespace, labels: { [labels.partOf]: metadata.name }, ...(ownerReferences !== undefined && { ownerReferences }) };
  return { metadata: own, body: JSON.stringify({ apiVersion, kind, metadata: own, spec: { ...spec, lastExecutionTimestamp, part: { of: metadata.name, piece } } }) };
}
