import { z } from 'zod';

/** What a program starts its engine with; it stays as it is while the engine runs. */
const startConfig = z.object({
  /** Image of the one helper container of a pipeline pod. */
  helperImage: z.string().min(1, 'must name the image of the helper container'),
  helperPullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  /** Name of a Secret, in the namespace of the pod, for pulling the helper's image. */
  helperPullSecret: z.string().min(1).optional(),
  /** Allows `file:` URLs in state stores: for laptops and tests. */
  allowLocalStores: z.boolean().default(false),
  /** Lets PromiseReleases be fetched from link-local addresses, where clouds hand out credentials of the machine. */
  allowLinkLocalReleases: z.boolean().default(false),
  /** Folder for local copies of stores; one engine alone uses it. */
  cacheDir: z.string().min(1),
  /** Several engines may run against one cluster; one of them works. */
  leaderElection: z.boolean().default(false),
  /** The ClusterRole whose rules the engine keeps in step with the APIs of Promises; unset where it may do anything. */
  requestsRole: z.string().min(1).optional(),
  /** Plugins' packages are looked for in `node_modules` of this folder, and of those above it; the working directory unless given. */
  pluginsDir: z.string().min(1).optional(),
  /** Serves the admission webhook; without it, conditions tell what it would have refused. */
  admission: z
    .object({
      /** `host:port` to listen at; port 0 takes any free one. */
      address: z.string().default(':9443'),
      /** How the API server finds it: by the Service of the manifests, or on its own machine's loopback. */
      reach: z.enum(['service', 'local']).default('service'),
      /** What becomes of a write while the webhook does not answer. */
      failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
    })
    .optional(),
  /** Lets git hosts say that somebody pushed, so that a store is looked at then; without it, at its interval. */
  pushEvents: z
    .object({
      /** `host:port` to listen at; port 0 takes any free one. */
      address: z.string(),
      /** Name of a Secret in the engine's namespace; senders must know the value of one of its keys. */
      secret: z.string().min(1).default('kratix-push-events'),
    })
    .optional(),
});

/** A plugin as the configuration names it: one that is built in, or a package. */
const pluginEntry = z.union([
  z.string().min(1).transform(name => ({ package: name, options: {} as Record<string, unknown> })),
  z.object({ package: z.string().min(1), options: z.record(z.string(), z.unknown()).default({}) }),
]);

export type PluginEntry = z.output<typeof pluginEntry>;

const BUILT_IN = ['git-store', 'bucket-store', 'label-scheduler', 'event-recorder'];

const fields = z.record(z.string(), z.unknown());
const duration = () => z.number().nonnegative();

/** What ConfigMap `kratix` can change while the engine runs; times in milliseconds. Source: kratix-behaviour.md §9.1. */
export const liveConfig = z.object({
  /** Finished Jobs kept for each pipeline. */
  jobsToKeep: z.number().int().min(1).default(5),
  /** Records of runs kept for each target. */
  runsToKeep: z.number().int().min(1).default(10),
  /** How often a workflow runs again although nothing changed, unless its Promise says. */
  reconciliationInterval: duration().default(10 * 3_600_000),
  /** How often the files of a placement are compared with the store; 0 for never. */
  stateStoreReconciliationInterval: duration().default(10 * 3_600_000),
  /** How long a silent leader is waited for. */
  leaseDuration: duration().positive().default(15_000),
  /** A leader that could not renew for this long gives up. */
  renewDeadline: duration().positive().default(10_000),
  /** Between two tries to become, or stay, leader. */
  retryPeriod: duration().positive().default(2_000),
  /** Which version a new request follows: the newest at any time, or the one of its first day. */
  resourceBindingVersionStrategy: z.enum(['floating', 'pinned']).default('floating'),
  /** Whether DryRun objects are looked after. */
  dryRun: z.boolean().default(false),
  /** Whether a failed workflow runs again when its interval is over. */
  reconcileAfterFailure: z.boolean().default(true),
  /** Job retries where a Pipeline does not say; Kubernetes' own default is 6. */
  defaultBackoffLimit: z.number().int().min(0).optional(),
  /** After how many seconds the pods of a finished Job are deleted; its Job stays. Unset for never. */
  podTtlSeconds: z.number().int().min(1).optional(),
  /** For containers of pipelines that do not say. */
  defaultImagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  /** For containers of pipelines that do not say. */
  defaultContainerSecurityContext: fields.optional(),
  /** For containers of pipelines that do not say. */
  defaultContainerResources: fields.optional(),
  /** A git store is fetched at most this often. */
  minimumFetchInterval: duration().default(5_000),
  /** JSON lines rather than lines for people. */
  logStructured: z.boolean().default(true),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).optional(),
  /** Where traces are sent; nowhere unless given. Metrics are served, not sent: `metrics` is read for the sake of Kratix' ConfigMaps. */
  telemetry: z
    .object({
      endpoint: z.string().min(1),
      protocol: z.enum(['grpc', 'http']).default('grpc'),
      insecure: z.boolean().default(false),
      headers: z.record(z.string(), z.string()).default({}),
      traces: z.object({ enabled: z.boolean().default(true) }).default({ enabled: true }),
      metrics: z.object({ enabled: z.boolean().default(true) }).default({ enabled: true }),
    })
    .optional(),
  /** What stores, schedules and listens, read when the engine starts; all that is built in unless given. */
  plugins: z.array(pluginEntry).default(BUILT_IN.map(name => ({ package: name, options: {} }))),
  /** Whether the webhook, where there is one, judges writes. */
  admissionEnabled: z.boolean().default(true),
  /** How many pipelines run at once; about twenty for each node that they may use. */
  pipelinesAtOnce: z.number().int().min(1).default(20),
  /** How long one attempt of a pipeline may take, its retries included. */
  pipelineTimeout: duration().positive().default(60 * 60_000),
  /** How long a pod may wait for its image, a Secret or a node. */
  startTimeout: duration().positive().default(10 * 60_000),
});

/** How an engine runs; times in milliseconds. Where ConfigMap `kratix` says otherwise, it wins. */
export const engineConfig = z.object({ ...startConfig.shape, ...liveConfig.shape });

export type EngineConfig = z.input<typeof engineConfig>;
export type ResolvedConfig = z.output<typeof engineConfig>;
/** Where traces go, and how. */
export type Telemetry = NonNullable<ResolvedConfig['telemetry']>;
/** What a ConfigMap can say. */
export type LiveConfig = z.output<typeof liveConfig>;

/** Reads what upstream's manifests put into the environment of the engine's container. Source: B-CFG-1. */
export function configFromEnvironment(env: Readonly<Record<string, string | undefined>>): Partial<EngineConfig> {
  const { PIPELINE_ADAPTER_IMG: helperImage, PIPELINE_ADAPTER_PULL_SECRET: helperPullSecret } = env;
  return { ...(helperImage && { helperImage }), ...(helperPullSecret && { helperPullSecret }) };
}

type Listener = (now: ResolvedConfig, before: ResolvedConfig) => void;

/** The configuration as it is at this moment. Read `current` where a value is used, and keep no copy. */
export class Settings {
  private value: ResolvedConfig;
  private readonly listeners = new Set<Listener>();

  constructor(private readonly base: ResolvedConfig) {
    this.value = base;
  }

  get current(): ResolvedConfig {
    return this.value;
  }

  /** Puts values over those that the engine was started with; what is not named goes back to them. */
  override(values: Partial<LiveConfig>): void {
    const before = this.value;
    this.value = { ...this.base, ...values };
    if (JSON.stringify(before) !== JSON.stringify(this.value)) for (const listener of this.listeners) listener(this.value, before);
  }

  /** Calls back after each change. Returns how to stop. */
  onChange(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
