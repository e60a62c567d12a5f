import { BucketStateStore, Destination, DryRun, GitStateStore, HealthRecord, kinds, parsePipelines, Promise as PromiseKind, PromiseRelease, PromiseRevision, ResourceBinding, Work, WorkPlacement, type Kind } from './index';
import { SYSTEM_NAMESPACE } from '../wire/names';

/* The kinds as the API server serves them: what clients, printers and Promise authors see of each. */

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  required?: string[];
  enum?: string[];
  default?: unknown;
  [keyword: string]: unknown;
}

interface Served {
  scope: string;
  names: { kind: string; plural: string; shortNames?: string[]; categories?: string[] };
  versions: { name: string; served: boolean; storage: boolean; subresources?: object; selectableFields?: { jsonPath: string }[]; additionalPrinterColumns?: { name: string; jsonPath: string; type: string }[]; schema: { openAPIV3Schema: Schema } }[];
}

const served = (kind: Kind) => kind.crd().spec as unknown as Served;
const version = (kind: Kind) => served(kind).versions[0];
const columns = (kind: Kind) => (version(kind).additionalPrinterColumns ?? []).map(({ name, jsonPath }) => `${name} ${jsonPath}`);

/** The schema at a path such as `spec.sourceRef.type`; `[]` steps into a list. */
function at(kind: Kind, path: string): Schema {
  return path.split('.').reduce<Schema>((schema, part) => {
    const next = part === '[]' ? schema.items : schema.properties?.[part];
    if (!next) throw new Error(`no ${part} of ${path}`);
    return next;
  }, version(kind).schema.openAPIV3Schema);
}

const fields = (schema: Schema) => Object.keys(schema.properties ?? {});
const accepts = (kind: Kind, object: object) => kind.problems(object);

it('B-GEN-1, B-GEN-2: one group and version; all but health records are in category kratix', () => {
  for (const kind of kinds.filter(({ type }) => type.kind !== 'WorkflowRun')) {
    expect(kind.apiVersion).toBe('platform.kratix.io/v1alpha1');
    expect(served(kind).versions.map(({ name, served: isServed, storage }) => [name, isServed, storage])).toEqual([['v1alpha1', true, true]]);
    expect(served(kind).names.categories).toEqual(kind.type.kind === 'HealthRecord' ? undefined : ['kratix']);
  }
  expect(SYSTEM_NAMESPACE).toBe('kratix-platform-system');
});

describe('Promise', () => {
  it('B-API-1: spec.api is an embedded resource of any form, and optional', () => {
    expect(at(PromiseKind, 'spec.api')).toMatchObject({ type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true });
    expect(accepts(PromiseKind, { spec: {} })).toEqual([]);
  });
  it('B-API-2, B-API-3: workflows hold a namespace, an interval and four lists of objects', () => {
    expect(at(PromiseKind, 'spec.workflows.config.pipelineNamespace').type).toBe('string');
    expect(at(PromiseKind, 'spec.workflows.config.reconciliationInterval').type).toBe('string');
    for (const type of ['promise', 'resource']) {
      for (const action of ['configure', 'delete']) {
        const list = at(PromiseKind, `spec.workflows.${type}.${action}`);
        expect(list).toMatchObject({ type: 'array', 'x-kubernetes-preserve-unknown-fields': true, items: { type: 'object' } });
      }
    }
  });
  it('B-API-4, B-API-5: requirements name Promise and version, both optional; dependencies are objects of any form; selectors match labels', () => {
    expect(accepts(PromiseKind, { spec: { requiredPromises: [{}, { name: 'redis' }, { name: 'redis', version: 'v1' }], dependencies: [{ kind: 'Anything' }], destinationSelectors: [{}, { matchLabels: { a: 'b' } }] } })).toEqual([]);
    expect(at(PromiseKind, 'spec.dependencies.[]')).toMatchObject({ 'x-kubernetes-preserve-unknown-fields': true });
    expect(accepts(PromiseKind, { spec: { destinationSelectors: [{ matchLabels: { a: 1 } }] } })).toEqual([expect.stringContaining('spec.destinationSelectors[0].matchLabels.a')]);
  });
  it('B-API-6: the status has its counters, and a mirror of its fields in status.kratix', () => {
    const status = at(PromiseKind, 'status');
    expect(status.required).toEqual(expect.arrayContaining(['workflows', 'workflowsSucceeded', 'workflowsFailed']));
    expect(fields(status)).toEqual(expect.arrayContaining(['conditions', 'version', 'observedGeneration', 'kind', 'apiVersion', 'status', 'message', 'lastAvailableTime', 'requiredPromises', 'requiredBy', 'kratix']));
    expect(fields(at(PromiseKind, 'status.kratix'))).toEqual(expect.arrayContaining(['kind', 'version', 'apiVersion', 'status', 'lastAvailableTime', 'workflows']));
    expect(fields(at(PromiseKind, 'status.kratix.workflows.pipelines.[]')).sort()).toEqual(['attempts', 'lastTransitionTime', 'message', 'name', 'nextRetryAt', 'phase']);
    expect(at(PromiseKind, 'status.kratix.workflows.suspendedGeneration')).toMatchObject({ type: 'integer', format: 'int64' });
    expect(status['x-kubernetes-preserve-unknown-fields']).toBeUndefined();
  });
  it('B-API-7: kubectl get shows status, kind, API version, version and message', () => {
    expect(served(PromiseKind).scope).toBe('Cluster');
    expect(columns(PromiseKind)).toEqual(['Status .status.status', 'Kind .status.kind', 'API Version .status.apiVersion', 'Version .status.version', 'Message .status.message']);
  });
});

it('B-API-10: a PromiseRelease names its source, by default of type http', () => {
  expect(served(PromiseRelease).scope).toBe('Cluster');
  expect(at(PromiseRelease, 'spec').required).toEqual(['sourceRef']);
  expect(at(PromiseRelease, 'spec.sourceRef')).toMatchObject({ default: { type: 'http' }, required: ['type'] });
  expect(at(PromiseRelease, 'spec.sourceRef.type').enum).toEqual(['http']);
  expect(at(PromiseRelease, 'spec.sourceRef.secretRef')).toMatchObject({ 'x-kubernetes-map-type': 'atomic' });
  expect(columns(PromiseRelease)).toEqual(['Status .status.status', 'Version .spec.version']);
});

it('B-API-11: a PromiseRevision holds a whole Promise spec, its version, and whether it is the latest', () => {
  expect(at(PromiseRevision, 'spec').required).toEqual(['promiseRef', 'promiseSpec', 'version']);
  expect(fields(at(PromiseRevision, 'spec.promiseSpec'))).toEqual(fields(at(PromiseKind, 'spec')));
  expect(at(PromiseRevision, 'status.latest').type).toBe('boolean');
  expect(columns(PromiseRevision)).toEqual(['Promise .spec.promiseRef.name', 'Version .spec.version', 'Latest .status.latest']);
});

it('B-API-12: a ResourceBinding joins request, Promise and version, which can be selected by', () => {
  expect(served(ResourceBinding).scope).toBe('Namespaced');
  expect(at(ResourceBinding, 'spec').required).toEqual(['version', 'promiseRef', 'resourceRef']);
  expect(at(ResourceBinding, 'spec.resourceRef').required).toEqual(['name', 'namespace']);
  expect(version(ResourceBinding).selectableFields).toEqual([{ jsonPath: '.spec.version' }]);
  expect(fields(at(ResourceBinding, 'status')).sort()).toEqual(['conditions', 'failedVersion', 'lastAppliedVersion']);
  expect(columns(ResourceBinding)).toEqual(['Resource .spec.resourceRef.name', 'Promise .spec.promiseRef.name', 'Desired .spec.version', 'Applied .status.lastAppliedVersion']);
});

it('B-API-13: a Work holds groups of workloads with their selectors and where those come from', () => {
  expect(fields(at(Work, 'spec'))).toEqual(expect.arrayContaining(['lastExecutionTimestamp', 'promiseName', 'resourceName', 'workloadGroups']));
  expect(fields(at(Work, 'spec.workloadGroups.[]')).sort()).toEqual(['destinationSelectors', 'directory', 'id', 'workloads']);
  expect(fields(at(Work, 'spec.workloadGroups.[].destinationSelectors.[]'))).toEqual(['matchLabels', 'source']);
  expect(fields(at(Work, 'spec.workloadGroups.[].workloads.[]')).sort()).toEqual(['content', 'filepath']);
  expect(fields(at(Work, 'status'))).toEqual(expect.arrayContaining(['conditions', 'workPlacements', 'workPlacementsCreated']));
  expect(columns(Work)).toEqual(['STATUS .status.conditions[?(@.type=="Ready")].message']);
});

it('B-API-14: a WorkPlacement holds the workloads of one group for one Destination', () => {
  expect(served(WorkPlacement).names.shortNames).toEqual(['wp', 'wps']);
  expect(fields(at(WorkPlacement, 'spec'))).toEqual(expect.arrayContaining(['targetDestinationName', 'workloads', 'promiseName', 'resourceName', 'id', 'generation']));
  expect(at(WorkPlacement, 'status.versionID').type).toBe('string');
  expect(columns(WorkPlacement)).toEqual(['DESTINATION .spec.targetDestinationName', 'STATUS .status.conditions[?(@.type=="Ready")].message']);
});

it('B-API-15: a Destination has a path, a store, a form of its files, and what it does at its end', () => {
  expect(served(Destination).names.shortNames).toEqual(['dest', 'dests']);
  expect(at(Destination, 'spec').required).toContain('path');
  expect(at(Destination, 'spec.stateStoreRef.kind').enum).toEqual(['BucketStateStore', 'GitStateStore']);
  expect(at(Destination, 'spec.stateStoreRef').required).toEqual(['kind', 'name']);
  expect(at(Destination, 'spec.filepath').default).toEqual({ mode: 'nestedByMetadata' });
  expect(at(Destination, 'spec.filepath.mode')).toMatchObject({ enum: ['nestedByMetadata', 'aggregatedYAML', 'none'], 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'filepath.mode is immutable' }] });
  expect(at(Destination, 'spec.cleanup')).toMatchObject({ enum: ['none', 'all'], default: 'none' });
  expect(at(Destination, 'spec.initWorkloads')).toMatchObject({ default: {}, properties: { enabled: { default: true } } });
  expect(columns(Destination)).toEqual(['StateStoreKind .spec.stateStoreRef.kind', 'StateStoreName .spec.stateStoreRef.name', 'Ready .status.conditions[?(@.type=="Ready")].status']);
});

it('B-API-16, B-API-17: stores name where they are and how to sign in', () => {
  expect(at(GitStateStore, 'spec.branch').default).toBe('main');
  expect(at(GitStateStore, 'spec.authMethod')).toMatchObject({ enum: ['basicAuth', 'ssh', 'githubApp'], default: 'basicAuth' });
  expect(at(GitStateStore, 'spec.gitAuthor').default).toEqual({ name: 'kratix' });
  expect(at(BucketStateStore, 'spec').required).toEqual(expect.arrayContaining(['bucketName', 'endpoint']));
  expect(at(BucketStateStore, 'spec.authMethod')).toMatchObject({ enum: ['accessKey', 'IAM'], default: 'accessKey' });
  for (const kind of [GitStateStore, BucketStateStore]) {
    expect(at(kind, 'spec.secretRef')).toMatchObject({ 'x-kubernetes-map-type': 'atomic' });
    expect(at(kind, 'status').required).toEqual(['status']);
  }
  expect(columns(GitStateStore).map(column => column.split(' ')[0])).toEqual(['URL', 'Branch', 'Ready']);
  expect(columns(BucketStateStore).map(column => column.split(' ')[0])).toEqual(['Name', 'Endpoint', 'Ready']);
});

it('B-API-18: a HealthRecord keeps its word under data, and has no status of its own', () => {
  expect(served(HealthRecord).scope).toBe('Namespaced');
  expect(version(HealthRecord).subresources).toBeUndefined();
  expect(at(HealthRecord, 'data').required).toEqual(expect.arrayContaining(['promiseRef', 'state']));
  expect(at(HealthRecord, 'data.state')).toMatchObject({ enum: ['unknown', 'ready', 'unhealthy', 'healthy', 'degraded'], default: 'unknown' });
  expect(at(HealthRecord, 'data.resourceRef').required).toEqual(['name', 'namespace']);
  expect(columns(HealthRecord)).toEqual(['Status .data.state', 'Age .metadata.creationTimestamp']);
});

it('B-API-19: a DryRun names Promise, request and the spec to try; its status lists components', () => {
  expect([...(at(DryRun, 'spec').required ?? [])].sort()).toEqual(['promiseRef', 'resource', 'resourceRequestRef']);
  expect([...(at(DryRun, 'status.components.[]').required ?? [])].sort()).toEqual(['dryRun', 'phase', 'promise', 'request']);
  expect(columns(DryRun)).toEqual([]);
});

describe('Pipelines', () => {
  const pipeline = (change: object = {}) => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Pipeline', metadata: { name: 'write' }, spec: { containers: [{ name: 'one', image: 'a' }] }, ...change });

  it('B-API-20: only kind Pipeline of our version is taken', () => {
    expect(parsePipelines([pipeline()], 'list').problems).toEqual([]);
    for (const wrong of [{ kind: 'Job' }, { apiVersion: 'v1' }]) expect(parsePipelines([pipeline(wrong)], 'list').problems.join()).toContain('list[0]');
  });
  it('B-API-21, B-API-22: what a Pipeline and its containers may say is kept', () => {
    const container = {
      name: 'one', image: 'a', args: ['x'], command: ['y'], env: [{ name: 'A', value: 'b' }], envFrom: [{ configMapRef: { name: 'c' } }], volumeMounts: [{ name: 'v', mountPath: '/v' }],
      imagePullPolicy: 'Always', securityContext: { runAsUser: 1 }, resources: { limits: { cpu: '1' } },
    };
    const spec = {
      containers: [container], imagePullSecrets: [{ name: 's' }], jobOptions: { backoffLimit: 2 }, nodeSelector: { a: 'b' }, restartPolicy: 'OnFailure', tolerations: [{ operator: 'Exists' }],
      volumes: [{ name: 'v', emptyDir: {} }], rbac: { serviceAccount: 'me', permissions: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: ['x'], resourceNamespace: '*' }] },
    };
    const { pipelines, problems } = parsePipelines([pipeline({ metadata: { name: 'write', labels: { a: 'b' }, annotations: { c: 'd' } }, spec })], 'list');
    expect(problems).toEqual([]);
    expect(pipelines[0]).toMatchObject({ metadata: { name: 'write', labels: { a: 'b' }, annotations: { c: 'd' } }, spec });
  });
});
