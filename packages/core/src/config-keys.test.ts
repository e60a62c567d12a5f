import { configFromEnvironment, engineConfig, Settings } from './config';
import { readConfig } from './config-keys';

const inUse = engineConfig.parse({ helperImage: 'helper', cacheDir: '/tmp' });
const read = (text: string | undefined, before = {}) => readConfig(text, before, { ...inUse, ...before });

describe('the text of ConfigMap kratix', () => {
  it.each([
    ['numberOfJobsToKeep: 3', { jobsToKeep: 3 }],
    ['reconciliationInterval: 1h30m', { reconciliationInterval: 5_400_000 }],
    ['stateStoreReconciliationInterval: "0"', { stateStoreReconciliationInterval: 0 }],
    ['controllerLeaderElection: { leaseDuration: 60s, renewDeadline: 40s, retryPeriod: 5s }', { leaseDuration: 60_000, renewDeadline: 40_000, retryPeriod: 5_000 }],
    ['resourceBindingVersionStrategy: pinned', { resourceBindingVersionStrategy: 'pinned' }],
    ['featureFlags: { dryRun: true }', { dryRun: true }],
    ['workflows: { reconcileAfterFailure: false }', { reconcileAfterFailure: false }],
    ['workflows: { jobOptions: { defaultBackoffLimit: 0, podTTLSecondsAfterFinished: 60 } }', { defaultBackoffLimit: 0, podTtlSeconds: 60 }],
    ['workflows: { defaultImagePullPolicy: Always }', { defaultImagePullPolicy: 'Always' }],
    ['workflows: { defaultContainerSecurityContext: { runAsUser: 1 } }', { defaultContainerSecurityContext: { runAsUser: 1 } }],
    ['workflows: { defaultContainerResources: { requests: { cpu: 1m } } }', { defaultContainerResources: { requests: { cpu: '1m' } } }],
    ['git: { minimumFetchInterval: 1s }', { minimumFetchInterval: 1_000 }],
    ['logging: { structured: false, level: warning }', { logStructured: false, logLevel: 'warn' }],
    ['telemetry: { endpoint: "otel:4317", traces: { enabled: false } }', { telemetry: { endpoint: 'otel:4317', protocol: 'grpc', insecure: false, headers: {}, traces: { enabled: false }, metrics: { enabled: true } } }],
    ['workflows: { pipelineTimeout: 5m, startTimeout: 1m, numberOfRunsToKeep: 2 }', { pipelineTimeout: 300_000, startTimeout: 60_000, runsToKeep: 2 }],
    ['', {}],
    ['numberOfJobsToKeep:', {}],
  ])('%s', (text, overrides) => expect(read(text)).toEqual({ overrides, problems: [], warnings: [] }));

  it.each([
    ['numberOfJobsToKeep: 0', 'numberOfJobsToKeep: Too small: expected number to be >=1; 5 stays in use'],
    ['numberOfJobsToKeep: many', 'numberOfJobsToKeep: Invalid input: expected number, received string; 5 stays in use'],
    ['reconciliationInterval: 59s', 'reconciliationInterval: must be at least 60000 ms, is "59s"; 36000000 stays in use'],
    ['reconciliationInterval: 1d', 'reconciliationInterval: "1d" is no duration such as "10h" or "30s"; 36000000 stays in use'],
    ['git: { minimumFetchInterval: -1s }', 'git.minimumFetchInterval: must be at least 0 ms, is "-1s"; 5000 stays in use'],
    ['resourceBindingVersionStrategy: latest', 'resourceBindingVersionStrategy: Invalid option: expected one of "floating"|"pinned"; "floating" stays in use'],
    ['logging: { level: loud }', 'logging.level: Invalid option: expected one of "trace"|"debug"|"info"|"warn"|"error"; none stays in use'],
    ['controllerLeaderElection: { leaseDuration: 5s }', 'controllerLeaderElection: leaseDuration must be longer than renewDeadline, and that longer than retryPeriod; [15000,10000,2000] ms stay in use'],
  ])('%s: says what is wrong, and what stays', (text, problem) => expect(read(text)).toEqual({ overrides: {}, problems: [problem], warnings: [] }));

  it('keeps the last good value of a key that is wrong, and takes the others', () => {
    expect(read('numberOfJobsToKeep: 0\nfeatureFlags: { dryRun: true }', { jobsToKeep: 3, runsToKeep: 4 })).toEqual({
      overrides: { jobsToKeep: 3, dryRun: true },
      problems: ['numberOfJobsToKeep: Too small: expected number to be >=1; 3 stays in use'],
      warnings: [],
    });
  });

  it.each([
    [undefined, 'key "config" is missing; put the configuration under it, as YAML; everything stays as it was'],
    ['- a', 'config: must be a map of keys; everything stays as it was'],
  ])('%s: everything stays', (text, problem) => expect(read(text, { jobsToKeep: 3 })).toEqual({ overrides: { jobsToKeep: 3 }, problems: [problem], warnings: [] }));

  it('does not panic over what is no YAML', () => expect(read('a: [').problems[0]).toContain('everything stays as it was'));

  it('B-OBS-2: metrics that are to be sent are not, and that is said', () => {
    const warned = 'key telemetry.metrics has no effect: metrics are not sent anywhere; have /metrics scraped';
    expect(read('telemetry: { endpoint: a, metrics: { enabled: true } }').warnings).toEqual([warned]);
    expect(read('telemetry: { endpoint: a, metrics: { enabled: false } }').warnings).toEqual([]);
  });
  it('names keys that nobody reads, and upstream’s that have no effect', () => {
    const { overrides, warnings } = read('numberOfJobs: 3\nlogging: { lvl: debug }\ngit: 5\nselectiveCache: true\nfeatureFlags: { promiseUpgrade: true }\ntelemetry: { endpoint: a, endpont: b }');
    expect(Object.keys(overrides)).toEqual(['telemetry']);
    expect(warnings).toEqual([
      'unknown key telemetry.endpont',
      'unknown key numberOfJobs',
      'unknown key logging.lvl',
      'key git must be a map',
      'key selectiveCache has no effect: only the Secrets that state stores and releases name are ever read',
      'key featureFlags.promiseUpgrade has no effect: versions and bindings are always on',
    ]);
  });
});

describe('Settings', () => {
  it('gives back what the engine was started with when a key goes', () => {
    const settings = new Settings({ ...inUse, jobsToKeep: 7 });
    const seen: number[] = [];
    const stop = settings.onChange(now => seen.push(now.jobsToKeep));
    settings.override({ jobsToKeep: 3 });
    settings.override({ jobsToKeep: 3 });
    settings.override({});
    stop();
    settings.override({ jobsToKeep: 1 });
    expect(seen).toEqual([3, 7]);
    expect(settings.current.jobsToKeep).toBe(1);
  });
});

it('B-CFG-1: the helper’s image, and the Secret to pull it, come from the environment', () => {
  expect(configFromEnvironment({ PIPELINE_ADAPTER_IMG: 'r/helper:1', PIPELINE_ADAPTER_PULL_SECRET: 'pull', HOME: '/' })).toEqual({ helperImage: 'r/helper:1', helperPullSecret: 'pull' });
  expect(configFromEnvironment({ PIPELINE_ADAPTER_IMG: '' })).toEqual({});
});
