import { z } from 'zod';
import { API_VERSION } from '../wire/names';
import { problemsOf } from './kind';

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const object = () => z.record(z.string(), z.unknown());

const container = z.object({
  name: z.string().max(63, 'must be at most 63 characters').regex(dnsLabel, 'must be lower-case letters, digits and dashes'),
  image: z.string().min(1, 'must name an image'),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.array(object()).optional(),
  envFrom: z.array(object()).optional(),
  volumeMounts: z.array(object()).optional(),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  securityContext: object().optional(),
  resources: object().optional(),
});

const permission = z.object({
  apiGroups: z.array(z.string()).optional(),
  resources: z.array(z.string()).optional(),
  verbs: z.array(z.string()).optional(),
  resourceNames: z.array(z.string()).optional(),
  nonResourceURLs: z.array(z.string()).optional(),
  resourceNamespace: z.string().optional(),
});

const pipeline = z.object({
  metadata: z.object({
    name: z.string().max(63, 'must be at most 63 characters').regex(dnsLabel, 'must be lower-case letters, digits and dashes'),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.object({
    containers: z.array(container).min(1, 'must hold at least one container'),
    volumes: z.array(object()).optional(),
    imagePullSecrets: z.array(object()).optional(),
    nodeSelector: z.record(z.string(), z.string()).optional(),
    tolerations: z.array(object()).optional(),
    restartPolicy: z.enum(['Never', 'OnFailure']).optional(),
    jobOptions: z.object({ backoffLimit: z.number().int().min(0).optional() }).optional(),
    rbac: z.object({ serviceAccount: z.string().optional(), permissions: z.array(permission).optional() }).optional(),
  }),
});

/** One pipeline of a workflow. Source: B-API-20 to B-API-22. */
export type Pipeline = z.infer<typeof pipeline>;
export type PipelineContainer = z.infer<typeof container>;

export type ParsedPipelines = { pipelines: Pipeline[]; problems: string[] };

/** Our helper, and those of Kratix: a Promise runs there, too. */
const RESERVED_CONTAINERS = ['pipeline-adapter', 'reader', 'work-writer', 'status-writer'];
const RESERVED_VOLUMES = ['kratix-input', 'kratix-output', 'kratix-metadata', 'kratix-token'];

/** Thousands of requests ask for the pipelines of one Promise; objects of the cache never change. */
const known = new WeakMap<unknown[], Map<string, ParsedPipelines>>();

/** Reads the pipelines of one workflow; `where` is its path, such as `spec.workflows.resource.configure`. Problems name the pipeline, the field and the mend. */
export function parsePipelines(list: unknown[] | undefined, where: string): ParsedPipelines {
  if (!list) return { pipelines: [], problems: [] };
  const found = known.get(list) ?? new Map<string, ParsedPipelines>();
  known.set(list, found);
  const parsed = found.get(where) ?? readPipelines(list, where);
  found.set(where, parsed);
  return parsed;
}

function readPipelines(list: unknown[], where: string): ParsedPipelines {
  const pipelines: Pipeline[] = [];
  const problems: string[] = [];
  for (const [index, entry] of list.entries()) {
    const at = `${where}[${index}]`;
    const found = pipelineProblems(entry, at);
    if (found.length) problems.push(...found);
    else pipelines.push(pipeline.parse(entry));
  }
  for (const name of duplicates(pipelines.map(entry => entry.metadata.name))) {
    const [action, type] = where.split('.').reverse();
    problems.push(`duplicate pipeline name "${name}" in workflow "${type}" action "${action}"; give each a name of its own`);
  }
  return { pipelines, problems };
}

const isMap = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Fields of a Pipeline that have no effect, by path; empty for what is no Pipeline. */
export function unreadFields(entry: unknown, at: string): string[] {
  const read = pipeline.safeParse(entry);
  return read.success ? unread(entry, { apiVersion: '', kind: '', ...read.data }, at) : [];
}

function unread(value: unknown, read: unknown, at: string): string[] {
  if (Array.isArray(value) && Array.isArray(read)) return value.flatMap((entry, index) => unread(entry, read[index], `${at}[${index}]`));
  if (!isMap(value) || !isMap(read)) return [];
  return Object.entries(value).flatMap(([name, entry]) => {
    if (entry === null) return [];
    return name in read ? unread(entry, read[name], `${at}.${name}`) : [`${at}.${name}`];
  });
}

function pipelineProblems(entry: unknown, at: string): string[] {
  const { kind, apiVersion, platform, metadata } = (entry ?? {}) as Record<string, unknown>;
  const name = (metadata as { name?: unknown } | undefined)?.name ?? '';
  if (kind !== 'Pipeline' || apiVersion !== API_VERSION) {
    const hint = apiVersion === undefined && platform === API_VERSION ? '; the key "platform:" stands where "apiVersion:" belongs' : '';
    return [`${at}: unsupported pipeline "${name}" with APIVersion "${kind}/${apiVersion}"; expected kind Pipeline of ${API_VERSION}${hint}`];
  }
  const problems = problemsOf(pipeline, entry, at).map(text => (name ? `pipeline "${name}": ${text}` : text));
  if (problems.length) return problems;
  const parsed = pipeline.parse(entry);
  const say = (text: string) => problems.push(`pipeline "${name}": ${at}.spec.${text}`);
  for (const twin of duplicates(parsed.spec.containers.map(each => each.name))) say(`containers: two containers are named "${twin}"`);
  for (const each of parsed.spec.containers) {
    if (RESERVED_CONTAINERS.includes(each.name)) say(`containers: the name "${each.name}" is the helper container's; choose another`);
  }
  for (const volume of parsed.spec.volumes ?? []) {
    if (RESERVED_VOLUMES.includes(String(volume.name))) say(`volumes: the name "${volume.name}" is taken by the shared folders; choose another`);
  }
  return problems;
}

function duplicates(names: string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
