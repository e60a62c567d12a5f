import {
  hideSecrets,
  kratixLabels,
  promiseVersionOf,
  requestRuns,
  specSchemaOfPromise,
  type FileSource,
  type RequestSources,
  type Run,
  type RunContent,
  type RunFile,
  type WorkSource,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { createHash } from 'node:crypto';
import { hiderOf } from '../logs/withoutSecrets';
import { shownText } from '../service/readFile';
import type { PartId } from './RunStore';

/** The text of one run's files that is kept; of what is beyond that, only whether it changed. */
const MAX_TEXT = 1024 * 1024;

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const stepOf = ({ metadata }: WorkSource) => metadata.labels?.[kratixLabels.pipeline] ?? '';

/** The newest run that did something; files in the cluster are as it left them. */
function lastOf(runs: Run[]): Run | undefined {
  if (runs.some(({ action }) => action === 'delete')) return undefined;
  return runs.find(({ steps }) => steps.some(({ phase }) => phase !== 'Pending' && phase !== 'Skipped'));
}

const isOver = ({ phase }: Run) => phase === 'Succeeded' || phase === 'Failed' || phase === 'Skipped';

/**
 * The parts of a request's runs that its objects still tell: the spec of runs for its present generation, and the files that
 * are there since the newest run has ended, also those that it left as they were.
 */
export function tellableParts(sources: RequestSources): PartId[] {
  const { metadata, status } = sources.request;
  const uid = metadata.uid ?? '';
  const runs = requestRuns(sources);
  const given = runs.filter(({ generation }) => generation !== undefined && generation === metadata.generation);
  const inputs = given.map((run): PartId => ({ uid, run: run.id, part: 'input', version: String(run.generation) }));
  const last = lastOf(runs);
  if (!last || !isOver(last)) return inputs;
  const works = sources.works.map(work => `${work.metadata.uid} ${work.metadata.generation}`);
  const version = digest([last.phase, promiseVersionOf(status), ...works.sort()].join('\n'));
  return [...inputs, { uid, run: last.id, part: 'outcome', version }];
}

/** What a part says. `filesOf` gives the files of a Work with their content. */
export function contentOf({ run: id, part }: PartId, sources: RequestSources, filesOf: (work: WorkSource) => FileSource[]): RunContent {
  const { request, promise, works } = sources;
  const schema = specSchemaOfPromise(promise);
  if (part === 'input') return { spec: hideSecrets(request.spec ?? {}, schema) };
  const run = requestRuns(sources).find(candidate => candidate.id === id);
  const hide = hiderOf(request.spec, schema);
  let left = MAX_TEXT;
  const files = works.flatMap(work =>
    filesOf(work).map(({ filepath = '', content = '' }): RunFile => {
      const shown = shownText(content, filepath);
      left -= shown.content?.length ?? 0;
      const file = { step: stepOf(work), path: filepath };
      if (shown.content !== undefined && left >= 0) return { ...file, ...shown, content: hide(shown.content) };
      // A digest of a short secret could be guessed at.
      if (shown.reason === 'secret') return { ...file, reason: 'secret' };
      return { ...file, reason: shown.reason ?? 'too-large', digest: digest(content) };
    }),
  );
  return { ...(run?.phase === 'Succeeded' && { promiseVersion: promiseVersionOf(request.status) }), files };
}
