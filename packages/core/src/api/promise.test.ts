import { notAPromise, parsePipelines, Promise as PromiseKind, promiseApi, type PromiseObject } from './index';

type Json = Record<string, unknown>;

const apiVersion = 'platform.kratix.io/v1alpha1';
const aPipeline = (spec: object, name = 'p') => ({ apiVersion, kind: 'Pipeline', metadata: { name }, spec });
const container = { name: 'c', image: 'busybox' };
const crd = (change: object = {}, version: object = { name: 'v1', served: true, storage: true }) => ({
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'carts.shop.io' },
  spec: { group: 'shop.io', scope: 'Namespaced', names: { kind: 'Cart', plural: 'carts' }, versions: [version], ...change },
});
const aPromise = (api: object | undefined): PromiseObject => ({ apiVersion, kind: 'Promise', metadata: { name: 'shop' }, spec: { ...(api && { api: api as Record<string, unknown> }) } });

describe('notAPromise', () => {
  it.each([
    [{ apiVersion, kind: 'Work' }, 'kind: expected "Promise", found "Work"'],
    [{ platform: apiVersion, kind: 'Promise' }, 'the key "platform:" stands where "apiVersion:" belongs'],
    [{ apiVersion: 'v1', kind: 'Promise' }, 'apiVersion: expected'],
  ])('%j', (object, expected) => expect(notAPromise(object)).toContain(expected));
  it('lets a Promise pass', () => expect(notAPromise({ apiVersion, kind: 'Promise' })).toBeUndefined());
});

describe('parsePipelines', () => {
  it.each([
    ['no containers', [aPipeline({ containers: [] })], 'pipeline "p": list[0].spec.containers: must hold at least one container'],
    ['containers missing', [aPipeline({})], 'list[0].spec.containers'],
    ['B-API-20: another kind', [{ apiVersion, kind: 'Job', metadata: { name: 'p' } }], 'unsupported pipeline "p" with APIVersion "Job/platform.kratix.io/v1alpha1"'],
    ['the page’s own slip', [{ platform: apiVersion, kind: 'Pipeline', metadata: { name: 'p' } }], 'the key "platform:" stands where "apiVersion:" belongs'],
    ['two containers of one name', [aPipeline({ containers: [container, container] })], 'two containers are named "c"'],
    ['the helper’s name', [aPipeline({ containers: [{ ...container, name: 'pipeline-adapter' }] })], 'is the helper container\'s'],
    ['a volume of ours', [aPipeline({ containers: [container], volumes: [{ name: 'kratix-token' }] })], 'is taken by the shared folders'],
    ['one name twice', [aPipeline({ containers: [container] }), aPipeline({ containers: [container] })], 'duplicate pipeline name "p"'],
    ['not an object', ['hello'], 'list[0]'],
    ['a name that no label holds', [aPipeline({ containers: [container] }, 'A B')], 'metadata.name'],
    ['a wrong type', [aPipeline({ containers: [{ ...container, command: 'ls' }] })], 'list[0].spec.containers[0].command'],
  ])('%s', (_rule, list, words) => {
    const { problems } = parsePipelines(list, 'list');
    expect(problems.join('\n')).toContain(words);
  });
  it('reads what is right', () => {
    const { pipelines, problems } = parsePipelines([aPipeline({ containers: [container], rbac: { permissions: [{ verbs: ['get'], resources: ['pods'] }] } })], 'list');
    expect(problems).toEqual([]);
    expect(pipelines[0].spec.containers[0]).toEqual(container);
  });
});

describe('promiseApi', () => {
  it.each([
    ['B-API-1: nothing', undefined], ['B-API-1: empty', {}],
  ])('%s is no API', (_rule, api) => expect(promiseApi(aPromise(api))).toEqual({ problems: [] }));
  it.each([
    ['not a CRD', { kind: 'ConfigMap', apiVersion: 'v1' }, 'api is not a valid CRD'],
    ['no versions', crd({ versions: [] }), 'spec.api.spec.versions: must list at least one version'],
    ['a name that does not fit', { ...crd(), metadata: { name: 'x' } }, 'must be "carts.shop.io"'],
    ['B-WH-2: cluster scope', crd({ scope: 'Cluster' }), 'spec.api.spec.scope cannot be: Cluster'],
    ['no group', crd({ group: undefined }), 'spec.api.spec.group: must be a text'],
  ])('%s', (_rule, api, words) => expect(promiseApi(aPromise(api)).problems.join()).toContain(words));
  it('B-PR-15, B-PR-16: status, columns and the length of names are injected', () => {
    const { api } = promiseApi(aPromise(crd()));
    expect(api?.resource).toEqual({ group: 'shop.io', version: 'v1', kind: 'Cart', plural: 'carts', namespaced: true });
    expect(api?.crd).toMatchObject({
      metadata: { labels: { 'kratix.io/promise-name': 'shop' } },
      spec: { versions: [{ subresources: { status: {} }, additionalPrinterColumns: [{ name: 'message' }, { name: 'status' }], schema: { openAPIV3Schema: { properties: { metadata: { properties: { name: { type: 'string', maxLength: 63 } } }, status: { type: 'object' } } } } }] },
    });
  });
  it('B-PR-16: every version gets the status, the stored one alone the length of names; what else is said stays', () => {
    const schema = { openAPIV3Schema: { type: 'object', properties: { metadata: { type: 'object', properties: { name: { type: 'string', pattern: '^a', maxLength: 9 } } }, status: { type: 'string' } } } };
    const columns = [{ name: 'size', type: 'string', jsonPath: '.spec.size' }];
    const versions = [
      { name: 'v1', served: true, storage: true, schema, subresources: { status: {}, scale: { specReplicasPath: '.spec.n' } }, additionalPrinterColumns: columns },
      { name: 'v2', served: true, storage: false },
    ];
    const [stored, other] = promiseApi(aPromise(crd({ versions }))).api?.crd.spec.versions as Record<string, Json>[];
    expect(stored).toMatchObject({ subresources: { status: {} }, additionalPrinterColumns: columns });
    expect(stored.subresources).toEqual({ status: {} });
    expect((stored.schema.openAPIV3Schema as Json).properties).toMatchObject({ metadata: { properties: { name: { pattern: '^a', maxLength: 63 } } } });
    const properties = (other.schema.openAPIV3Schema as { properties: Json }).properties;
    expect(Object.keys(properties)).toEqual(['status']);
    const text = { type: 'string' };
    const number = { type: 'integer', format: 'int64' };
    const moment = { type: 'string', format: 'datetime' };
    const pipelines = { type: 'array', items: { type: 'object', properties: { name: text, phase: text, message: text, nextRetryAt: text, attempts: number, lastTransitionTime: moment } } };
    expect(properties.status).toEqual({
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: {
        message: text, observedGeneration: number, workflows: number, workflowsSucceeded: number, workflowsFailed: number,
        conditions: { type: 'array', items: { type: 'object', properties: { type: text, status: text, reason: text, message: text, lastTransitionTime: moment } } },
        kratix: { type: 'object', properties: { workflows: { type: 'object', properties: { lastSuccessfulConfigureWorkflowTime: text, suspendedGeneration: number, pipelines } } } },
      },
    });
  });
  it('Q-15: a version without a schema, and a definition without versions, harm nothing', () => {
    expect(promiseApi(aPromise(crd({}, { name: 'v1', served: true, storage: true }))).problems).toEqual([]);
    expect(promiseApi(aPromise(crd({ versions: [] }))).problems).toEqual(['spec.api.spec.versions: must list at least one version']);
  });
  it('does not change the Promise', () => {
    const promise = aPromise(crd());
    const before = structuredClone(promise);
    promiseApi(promise);
    expect(promise).toEqual(before);
  });
});

describe('the Promise kind', () => {
  it('names the field that is wrong', () => expect(PromiseKind.problems({ spec: { destinationSelectors: 'x' } })[0]).toContain('spec.destinationSelectors'));
});
