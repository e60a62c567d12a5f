import { writeFileSync } from 'node:fs';
import { digestOf } from '@kratix-ts/core/wire';
import { ApiServer, applyWork, RETRIES, Retries } from './api';
import { Failure, messageOf } from './failure';
import { CONTROL_FILE, Control, parseControl, parseSelectors, parseStatus, SELECTORS_FILE, STATUS_FILE } from './metadata';
import { hasDirectory, OutputFile, readMetadata, readOutput } from './output';
import { validateOutput } from './validation';
import { buildWork, DestinationSelector, workloadGroups, WorkTemplate, Written } from './work';

/** The termination message: what the engine learns of the pipeline's result. */
export interface Message {
  v: 1;
  work?: { name: string; digest: string } | null;
  status?: Record<string, unknown>;
  control?: Control;
  error?: string;
  /** With an error: the same pipeline may succeed when it is tried again. Otherwise its output itself is at fault. */
  retry?: true;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The kubelet keeps no more than this of a termination message. */
export const MAX_MESSAGE_BYTES = 4_096;
const MAX_ERROR_BYTES = 1_500;

function jsonVariable<T>(env: Environment, name: string): T {
  try {
    return JSON.parse(env[name] ?? '') as T;
  } catch (error) {
    throw new Failure(`the engine gave this container no usable ${name}: ${messageOf(error)}`);
  }
}

function workTemplate(env: Environment): WorkTemplate {
  const template = jsonVariable<WorkTemplate>(env, 'KRATIX_WORK');
  if (!template?.apiVersion || !template.metadata?.name || !template.metadata.namespace || !template.spec?.promiseName) {
    throw new Failure('the engine gave this container a KRATIX_WORK without apiVersion, name, namespace or promiseName');
  }
  return template;
}

function apiServer(env: Environment): ApiServer {
  const [host, port] = [env.KUBERNETES_SERVICE_HOST, env.KUBERNETES_SERVICE_PORT];
  if (!host || !port) throw new Failure('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this program runs in a pod of a cluster');
  return { host, port, credentials: env.KRATIX_CREDENTIALS_DIR ?? '/var/run/secrets/kratix-ts' };
}

function summary(files: readonly OutputFile[], work: string): string {
  const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
  const lines = files.slice(0, 100).map(({ path, content }) => `  ${path} (${content.length} bytes)`);
  const more = files.length > lines.length ? [`  and ${files.length - lines.length} more`] : [];
  return [`${files.length} ${files.length === 1 ? 'file' : 'files'}, ${bytes} bytes -> ${work}`, ...lines, ...more].join('\n');
}

/** A result that cannot stand in a Work travels in the message, which holds little. */
function inline(message: Message): Message {
  const size = Buffer.byteLength(JSON.stringify(message));
  if (size > MAX_MESSAGE_BYTES) throw new Failure(`${STATUS_FILE} is too large to be kept when no Work is written (${size} bytes in all, at most ${MAX_MESSAGE_BYTES}); set fewer keys`);
  return message;
}

function expectStored({ metadata }: Written, stored: unknown, digest: string): void {
  if (digestOf((stored as { spec?: unknown }).spec) === digest) return;
  throw new Failure(`the API server did not store Work ${metadata.name} as it was sent; its definition of works is older than this engine, or a webhook changed the object`);
}

async function deliver(env: Environment, print: (line: string) => void, now: Date, retries: Retries): Promise<Message> {
  const output = env.KRATIX_OUTPUT_DIR ?? '/kratix/output';
  const metadata = env.KRATIX_METADATA_DIR ?? '/kratix/metadata';
  const status = parseStatus(readMetadata(metadata, STATUS_FILE));
  const withStatus = status ? { status } : {};
  const control = parseControl(readMetadata(metadata, CONTROL_FILE));
  if (control) {
    print(`${CONTROL_FILE} asks for ${control.retryAfter ? `another try after ${control.retryAfter}` : 'a suspension'}: nothing is delivered`);
    return inline({ v: 1, work: null, control, ...withStatus });
  }
  if (env.KRATIX_WORKFLOW_ACTION === 'delete') {
    print('a delete pipeline delivers no files');
    return inline({ v: 1, work: null, ...withStatus });
  }
  const files = readOutput(output);
  if (env.KRATIX_OUTPUT_VALIDATION !== 'none') validateOutput(files);
  const template = workTemplate(env);
  const groups = workloadGroups(
    files,
    parseSelectors(readMetadata(metadata, SELECTORS_FILE)),
    jsonVariable<DestinationSelector[]>({ list: env.KRATIX_PROMISE_SELECTORS || '[]' }, 'list'),
    env.KRATIX_WORKFLOW_TYPE ?? 'resource',
    directory => hasDirectory(output, directory),
  );
  if (files.length === 0 && !status) {
    print('no files and no status: nothing is delivered');
    return { v: 1, work: null };
  }
  const delivery = buildWork(template, groups, status, now);
  const { digest, parts } = delivery;
  const { name, namespace } = delivery.metadata;
  // the Work comes last: once it is there, all that it names is
  for (const part of parts) expectStored(part, await applyWork(apiServer(env), part, retries), digestOf(JSON.parse(part.body).spec));
  expectStored(delivery, await applyWork(apiServer(env), delivery, retries), digest);
  print(summary(files, `Work ${namespace}/${name}${parts.length ? ` and ${parts.length} further Works` : ''}`));
  return { v: 1, work: { name, digest } };
}

const cut = (text: string, bytes: number) => Buffer.from(text).toString('utf8', 0, bytes).replace(/\ufffd+$/u, '');

/**
 * Turns what the containers of a pipeline wrote into one Work, and tells the engine by the termination message.
 * Gives back the exit code: 0, or 1 with a sentence in the message that says what to mend.
 */
export async function run(env: Environment, print: (line: string) => void, now = new Date(), retries = RETRIES): Promise<number> {
  let message: Message;
  try {
    message = await deliver(env, print, now, retries);
  } catch (error) {
    const isPassing = !(error instanceof Failure) || error.isPassing;
    message = { v: 1, error: cut(messageOf(error), MAX_ERROR_BYTES), ...(isPassing && { retry: true as const }) };
    print(`Error: ${messageOf(error)}`);
  }
  writeFileSync(env.KRATIX_TERMINATION_LOG ?? '/dev/termination-log', JSON.stringify(message));
  return message.error === undefined ? 0 : 1;
}
