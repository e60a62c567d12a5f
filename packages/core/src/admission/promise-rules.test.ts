import type { PromiseObject, PromiseRevisionObject } from '../api';
import { promiseVerdict } from './promise-rules';
import type { StoredObjects } from './verdict';

const GROUP = 'example.org';
type Json = Record<string, unknown>;

const crd = (kind = 'Redis', more: Json = {}): Json => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.${GROUP}` },
  spec: { group: GROUP, scope: 'Namespaced', names: { kind, plural: `${kind.toLowerCase()}s` }, versions: [{ name: 'v1', served: true, storage: true }], ...more },
});
const pipeline = (name: string, metadata: Json = {}) => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Pipeline', metadata: { name, ...metadata }, spec: { containers: [{ name: 'a', image: 'b' }] } });
const promise = (spec: Json = {}, metadata: Json = {}): PromiseObject => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name: 'redis', ...metadata }, spec });
const interval = (text: string) => ({ annotations: { 'kratix.io/reconciliation-interval': text } });

function stored({ promises = [], revisions = [], definitions = [] }: { promises?: PromiseObject[]; revisions?: PromiseRevisionObject[]; definitions?: { apiVersion: string; kind: string; metadata: { name: string; labels?: Record<string, string> } }[] } = {}): StoredObjects {
  return {
    promises: () => promises,
    promise: name => promises.find(({ metadata }) => metadata.name === name),
    revisions: name => revisions.filter(({ spec }) => spec.promiseRef.name === name),
    definitions: () => definitions,
    destinations: () => [],
    hasStore: () => true,
  };
}

const problems = (object: PromiseObject, previous?: PromiseObject, known = stored()) => promiseVerdict({ object, ...(previous && { previous }) }, known).problems;
const workflows = (type: string, action: string, ...pipelines: unknown[]) => ({ workflows: { [type]: { [action]: pipelines } } });

describe('a Promise', () => {
  it('passes when nothing is wrong, with an API or without', () => {
    expect(problems(promise())).toEqual([]);
    expect(problems(promise({ api: crd(), ...workflows('resource', 'configure', pipeline('a'), pipeline('b')) }))).toEqual([]);
  });

  it.each([
    ['abc', 'must be a valid duration'],
    ['59s', 'must be at least 1m0s'],
    ['0', 'must be at least 1m0s'],
  ])('B-WH-1: an interval of %s in the annotation or the spec is refused', (text, why) => {
    expect(problems(promise({}, interval(text)))).toEqual([`metadata.annotations[kratix.io/reconciliation-interval]: Invalid value: "${text}": ${why}`]);
    expect(problems(promise({ workflows: { config: { reconciliationInterval: text } } }))).toEqual([`spec.workflows.config.reconciliationInterval: Invalid value: "${text}": ${why}`]);
  });

  it('B-WH-1: an old bad value of the annotation is tolerated until it changes', () => {
    expect(problems(promise({ dependencies: [] }, interval('59s')), promise({}, interval('59s')))).toEqual([]);
    expect(problems(promise({}, interval('58s')), promise({}, interval('59s')))).toHaveLength(1);
    expect(problems(promise({}, interval('90s')), promise({}, interval('59s')))).toEqual([]);
  });

  it.each([
    ['no definition', { kind: 'ConfigMap' }, 'api is not a valid CRD: '],
    ['a cluster-scoped API', crd('Redis', { scope: 'Cluster' }), 'promise api needs to be namespace scoped; spec.api.spec.scope cannot be: Cluster'],
    ['no versions', crd('Redis', { versions: [] }), 'spec.api.spec.versions: must list at least one version'],
    ['another name', { ...crd(), metadata: { name: 'reddis.example.org' } }, 'must be "rediss.example.org"'],
  ])('B-WH-2: %s is refused', (_what, api, words) => expect(problems(promise({ api })).join()).toContain(words));

  it.each([
    ['two pipelines of one name', workflows('promise', 'delete', pipeline('a'), pipeline('a')), 'duplicate pipeline name "a" in workflow "promise" action "delete"'],
    ['a wrong label value', workflows('resource', 'configure', pipeline('a', { labels: { team: 'x y' } })), 'invalid label value "x y" for key "team" of pipeline "a" in workflow "resource" action "configure"'],
    ['a wrong label key', workflows('resource', 'delete', pipeline('a', { labels: { 'te am': 'x' } })), 'invalid label key "te am" of pipeline "a" in workflow "resource" action "delete"'],
    ['a wrong prefix of a label key', workflows('resource', 'delete', pipeline('a', { labels: { 'A_b/c': 'x' } })), 'invalid label key "A_b/c"'],
    ['what is no pipeline', workflows('promise', 'configure', { kind: 'Job', metadata: { name: 'a' } }), 'unsupported pipeline "a" with APIVersion "Job/undefined"'],
    ['an id of more than 60 characters', workflows('resource', 'configure', pipeline('a'.repeat(37))), `its id "redis-resource-configure-${'a'.repeat(37)}" has 62 characters, and may have 60; it is made as <Promise>-<workflow>-<action>-<pipeline>`],
  ])('B-WH-3: %s is refused', (_what, spec, words) => expect(problems(promise(spec)).join()).toContain(words));

  it('B-WH-3: an id of 60 characters passes, and so does one name in two lists', () => {
    expect(problems(promise(workflows('resource', 'configure', pipeline('a'.repeat(35)))))).toEqual([]);
    expect(problems(promise({ workflows: { resource: { configure: [pipeline('a')], delete: [pipeline('a')] } } }))).toEqual([]);
  });

  it('B-WH-4: an API stays, and so do its names', () => {
    expect(problems(promise(), promise({ api: crd() }))).toEqual(['cannot remove API from existing promise']);
    expect(problems(promise({ api: crd() }), promise())).toEqual([]);
    const [words] = problems(promise({ api: crd('Valkey', { names: { kind: 'Valkey', plural: 'valkeys', shortNames: ['v'] } }) }), promise({ api: crd() }));
    expect(words.split('\n')).toEqual([
      'promises.platform.kratix.io "redis" was not valid:',
      '* spec.api.metadata.name: Invalid value: "valkeys.example.org": field is immutable',
      '* spec.api.spec.names.kind: Invalid value: "Valkey": field is immutable',
      '* spec.api.spec.names.plural: Invalid value: "valkeys": field is immutable',
      '* spec.api.spec.names.shortNames: Invalid value: ["v"]: field is immutable',
    ]);
  });

  it('of two with one API the second is refused, before and after the definition is there', () => {
    const first = promise({ api: crd() }, { name: 'first' });
    expect(problems(promise({ api: crd() }), undefined, stored({ promises: [first] }))).toEqual(['spec.api: kind "Redis" of group "example.org" is the API of Promise "first"; choose another group or other names']);
    expect(problems(promise({ api: { ...crd('Redis', { names: { kind: 'Redis', plural: 'caches' } }), metadata: { name: 'caches.example.org' } } }), undefined, stored({ promises: [first] }))).toHaveLength(1);
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'rediss.example.org', labels: { 'kratix.io/promise-name': 'first' } } };
    expect(problems(promise({ api: crd() }), undefined, stored({ definitions: [definition] }))).toEqual(['spec.api: "rediss.example.org" is the API of Promise "first"; choose another group or other names']);
    expect(problems(promise({ api: crd() }, { name: 'first' }), undefined, stored({ promises: [first], definitions: [definition] }))).toEqual([]);
  });

  it('B-WH-5: missing requirements are warnings, never errors', () => {
    const revision = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'PromiseRevision', metadata: { name: 'b-1' }, spec: { promiseRef: { name: 'b' }, promiseSpec: {}, version: 'v1' } };
    const known = stored({ promises: [promise({}, { name: 'b' })], revisions: [revision] });
    const required = (...requiredPromises: Json[]) => promiseVerdict({ object: promise({ requiredPromises }) }, known);
    expect(required({ name: 'b', version: 'v1' }, { name: 'b' })).toEqual({ problems: [], warnings: [] });
    expect(required({ name: 'a', version: 'v1' }, { name: 'b', version: 'v2' })).toEqual({
      problems: [],
      warnings: ['Required Promise "a" at version "v1" not installed', 'Required Promise "b" installed, but no revision found at version "v2"', 'Promise will not be available until the above issue(s) is resolved'],
    });
  });

  it('Q-52: what is wrong already does not stand in the way of a finalizer, a label or its end', () => {
    const wrong = { api: { kind: 'ConfigMap' } };
    expect(problems(promise(wrong, { labels: { a: 'b' } }), promise(wrong))).toEqual([]);
    expect(problems(promise({ api: { kind: 'Secret' } }, { deletionTimestamp: 'now' }), promise(wrong))).toEqual([]);
  });
});
