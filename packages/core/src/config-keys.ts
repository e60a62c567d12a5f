import { z } from 'zod';
import { problemsOf } from './api/kind';
import { liveConfig, type LiveConfig } from './config';
import { parseYaml } from './kube/yaml';
import { parseGoDuration } from './wire/go-duration';

const DEFAULT_TIMES = liveConfig.pick({ leaseDuration: true, renewDeadline: true, retryPeriod: true }).parse({});

export type Overrides = Partial<LiveConfig>;

/** What a ConfigMap's text says. */
export interface ConfigReading {
  /** Values for keys that are there and right, and the values before for keys that are there and wrong. */
  overrides: Overrides;
  /** One sentence for each wrong value: the key, what is wrong, what stays in use. */
  problems: string[];
  /** Keys that nobody reads. */
  warnings: string[];
}

/** One key of the ConfigMap, and the value of ours that it sets. */
interface ConfigKey {
  path: string;
  field: keyof LiveConfig;
  /** Puts the value into `into`; answers with what is wrong with it, and with keys inside it that nobody reads. */
  take(value: unknown, into: Overrides): { problems: string[]; unknown: string[] };
}

function key<F extends keyof LiveConfig>(path: string, field: F, read: z.ZodType<LiveConfig[F]> = liveConfig.shape[field] as z.ZodType as z.ZodType<LiveConfig[F]>): ConfigKey {
  return {
    path,
    field,
    take(value, into) {
      const result = read.safeParse(value);
      if (!result.success) return { problems: problemsOf(read, value, path), unknown: [] };
      into[field] = result.data;
      return { problems: [], unknown: unknownIn(value, result.data, path) };
    },
  };
}

/** A Go duration as text, in milliseconds. */
const duration = (least: number) =>
  z.string({ error: 'must be a duration such as "10h" or "30s"' }).transform((text, context) => {
    const ms = parseGoDuration(text);
    if (ms === undefined || ms < least) {
      context.addIssue({ code: 'custom', message: ms === undefined ? `"${text}" is no duration such as "10h" or "30s"` : `must be at least ${least} ms, is "${text}"` });
      return z.NEVER;
    }
    return ms;
  });

const logLevel = z.preprocess(level => (level === 'warning' ? 'warn' : level), z.enum(['trace', 'debug', 'info', 'warn', 'error']));

/** Every key that is read; what is marked as ours upstream does not know. Source: kratix-behaviour.md §9.1. */
const KEYS: readonly ConfigKey[] = [
  key('numberOfJobsToKeep', 'jobsToKeep'),
  key('reconciliationInterval', 'reconciliationInterval', duration(60_000)),
  key('stateStoreReconciliationInterval', 'stateStoreReconciliationInterval', duration(0)),
  key('controllerLeaderElection.leaseDuration', 'leaseDuration', duration(1_000)),
  key('controllerLeaderElection.renewDeadline', 'renewDeadline', duration(1_000)),
  key('controllerLeaderElection.retryPeriod', 'retryPeriod', duration(100)),
  key('resourceBindingVersionStrategy', 'resourceBindingVersionStrategy'),
  key('featureFlags.dryRun', 'dryRun'),
  key('workflows.reconcileAfterFailure', 'reconcileAfterFailure'),
  key('workflows.jobOptions.defaultBackoffLimit', 'defaultBackoffLimit'),
  key('workflows.jobOptions.podTTLSecondsAfterFinished', 'podTtlSeconds'),
  key('workflows.defaultImagePullPolicy', 'defaultImagePullPolicy'),
  key('workflows.defaultContainerSecurityContext', 'defaultContainerSecurityContext'),
  key('workflows.defaultContainerResources', 'defaultContainerResources'),
  key('git.minimumFetchInterval', 'minimumFetchInterval', duration(0)),
  key('logging.structured', 'logStructured'),
  key('logging.level', 'logLevel', logLevel),
  key('telemetry', 'telemetry'),
  // ours
  key('plugins', 'plugins'),
  key('admission.enabled', 'admissionEnabled'),
  key('workflows.pipelinesAtOnce', 'pipelinesAtOnce'),
  key('workflows.pipelineTimeout', 'pipelineTimeout', duration(1_000)),
  key('workflows.startTimeout', 'startTimeout', duration(1_000)),
  key('workflows.numberOfRunsToKeep', 'runsToKeep'),
];

/** Keys of upstream's that need no setting here; naming them is no mistake. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  selectiveCache: 'only the Secrets that state stores and releases name are ever read',
  'featureFlags.promiseUpgrade': 'versions and bindings are always on',
};

/**
 * Reads the text under key `config`. A wrong value does not touch the others: the one that was in use before stays.
 * `before` are the overrides in use, `inUse` is the whole configuration, for messages.
 */
export function readConfig(text: string | undefined, before: Overrides, inUse: LiveConfig): ConfigReading {
  const root = rootOf(text);
  if (typeof root === 'string') return { overrides: before, problems: [`${root}; everything stays as it was`], warnings: [] };
  const reading: ConfigReading = { overrides: {}, problems: [], warnings: [] };
  for (const each of KEYS) {
    const value = valueAt(root, each.path);
    if (value === undefined || value === null) continue;
    const { problems, unknown } = each.take(value, reading.overrides);
    reading.warnings.push(...unknown.map(path => `unknown key ${path}`));
    if (problems.length === 0) continue;
    reading.problems.push(`${problems.join('; ')}; ${JSON.stringify(inUse[each.field]) ?? 'none'} stays in use`);
    if (each.field in before) Object.assign(reading.overrides, { [each.field]: before[each.field] });
  }
  refuseUnevenTimes(reading, before, inUse);
  reading.warnings.push(...strangersIn(root, ''));
  if (valueAt(root, 'telemetry.metrics.enabled') === true) reading.warnings.push('key telemetry.metrics has no effect: metrics are not sent anywhere; have /metrics scraped');
  return reading;
}

const TIMES = ['leaseDuration', 'renewDeadline', 'retryPeriod'] as const;

/** A leader must notice that it could not renew before another may take over. */
function refuseUnevenTimes({ overrides, problems }: ConfigReading, before: Overrides, inUse: LiveConfig) {
  if (!TIMES.some(field => field in overrides)) return;
  const { leaseDuration, renewDeadline, retryPeriod } = { ...DEFAULT_TIMES, ...overrides };
  if (leaseDuration > renewDeadline && renewDeadline > retryPeriod) return;
  problems.push(`controllerLeaderElection: leaseDuration must be longer than renewDeadline, and that longer than retryPeriod; ${JSON.stringify(TIMES.map(field => inUse[field]))} ms stay in use`);
  for (const field of TIMES) {
    delete overrides[field];
    if (field in before) overrides[field] = before[field];
  }
}

/** The map that the text holds, or a sentence about what it is instead. */
function rootOf(text: string | undefined): Record<string, unknown> | string {
  if (text === undefined) return 'key "config" is missing; put the configuration under it, as YAML';
  try {
    const value = parseYaml(text) ?? {};
    return isMap(value) ? value : 'config: must be a map of keys';
  } catch (error) {
    return `config: ${(error as Error).message}`;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function valueAt(root: Record<string, unknown>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, part) => (isMap(value) ? value[part] : undefined), root);
}

/** Paths below `map` that lead to no key. */
function strangersIn(map: Record<string, unknown>, prefix: string): string[] {
  return Object.entries(map).flatMap(([name, value]) => {
    const path = `${prefix}${name}`;
    if (KEYS.some(each => each.path === path)) return [];
    if (path in WITHOUT_EFFECT) return [`key ${path} has no effect: ${WITHOUT_EFFECT[path]}`];
    const leads = KEYS.some(each => each.path.startsWith(`${path}.`)) || Object.keys(WITHOUT_EFFECT).some(each => each.startsWith(`${path}.`));
    if (!leads) return [`unknown key ${path}`];
    return isMap(value) ? strangersIn(value, `${path}.`) : [`key ${path} must be a map`];
  });
}

/** Keys of a value that its schema let go. */
function unknownIn(value: unknown, read: unknown, path: string): string[] {
  if (!isMap(value) || !isMap(read)) return [];
  return Object.entries(value).flatMap(([name, child]) => (name in read ? unknownIn(child, read[name], `${path}.${name}`) : [`${path}.${name}`]));
}
