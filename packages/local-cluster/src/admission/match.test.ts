import { isExempt, isSelected, matchedVersion, type Matched } from './match';
import type { Webhook } from './types';

const resource = { group: 'example.com', plural: 'things', namespaced: true, versions: [{ name: 'v2' }, { name: 'v1' }] };
const request = (more: Partial<Matched> = {}): Matched => ({ operation: 'CREATE', resource, version: 'v2', namespace: 'a', object: { metadata: {} }, ...more });
const rule = (more: object = {}) => ({ operations: ['CREATE'], apiGroups: ['example.com'], apiVersions: ['v2'], resources: ['things'], scope: '*', ...more });
const webhook = (more: Partial<Webhook> = {}): Webhook => ({ name: 'a.b.c', clientConfig: {}, rules: [rule()], ...more });

describe('the rules of a webhook', () => {
  it.each<[string, object, Partial<Matched>, string | undefined]>([
    ['match what they name', {}, {}, 'v2'],
    ['match by stars', { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }, { operation: 'DELETE' }, 'v2'],
    ['leave other operations alone', {}, { operation: 'UPDATE' }, undefined],
    ['leave other groups alone', { apiGroups: [''] }, {}, undefined],
    ['take an equivalent version', { apiVersions: ['v1'] }, {}, 'v1'],
    ['leave subresources alone', {}, { subresource: 'status' }, undefined],
    ['do not mean subresources by a star', { resources: ['*'] }, { subresource: 'status' }, undefined],
    ['mean subresources by two stars', { resources: ['*/*'] }, { subresource: 'status' }, 'v2'],
    ['mean all parts of one kind', { resources: ['things/*'] }, { subresource: 'status' }, 'v2'],
    ['mean one part of every kind', { resources: ['*/status'] }, { subresource: 'status' }, 'v2'],
    ['keep to their scope', { scope: 'Cluster' }, {}, undefined],
    ['count a namespace as cluster-scoped', { scope: 'Cluster', resources: ['namespaces'] }, { resource: { ...resource, plural: 'namespaces', namespaced: false } }, 'v2'],
  ])('%s', (_title, more, asked, expected) => {
    expect(matchedVersion(webhook({ rules: [rule(more)] }), request(asked))).toBe(expected);
  });

  it('take the exact version alone, where they say so', () => {
    expect(matchedVersion(webhook({ matchPolicy: 'Exact', rules: [rule({ apiVersions: ['v1'] })] }), request())).toBeUndefined();
  });
});

describe('the selectors of a webhook', () => {
  const labelled = (labels: object) => ({ metadata: { labels } });
  const namespaces = { resource: { group: '', plural: 'namespaces', namespaced: false, versions: [{ name: 'v1' }] } };
  const wanted = { matchExpressions: [{ key: 'team', operator: 'In', values: ['a', 'b'] }] };

  it.each<[string, Partial<Webhook>, Partial<Matched>, boolean]>([
    ['an empty selector selects all', { namespaceSelector: {}, objectSelector: {} }, {}, true],
    ['labels of the namespace', { namespaceSelector: { matchLabels: { stage: 'live' } } }, {}, true],
    ['other labels of the namespace', { namespaceSelector: { matchLabels: { stage: 'test' } } }, {}, false],
    ['no namespace, so nothing to look at', { namespaceSelector: { matchLabels: { stage: 'test' } } }, { resource: { ...resource, namespaced: false } }, true],
    ['a new namespace has its own labels', { namespaceSelector: wanted }, { ...namespaces, object: labelled({ team: 'a' }) }, true],
    ['a namespace that goes has those that it had', { namespaceSelector: wanted }, { ...namespaces, operation: 'DELETE', object: undefined, oldObject: labelled({ team: 'c' }) }, false],
    ['labels of the object', { objectSelector: wanted }, { object: labelled({ team: 'b' }) }, true],
    ['labels that it had', { objectSelector: wanted }, { object: labelled({}), oldObject: labelled({ team: 'b' }) }, true],
    ['no labels', { objectSelector: wanted }, {}, false],
    ['a label that must not be there', { objectSelector: { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] } }, {}, true],
  ])('%s', (_title, more, asked, expected) => {
    expect(isSelected(webhook(more), request(asked), () => ({ stage: 'live' }))).toBe(expected);
  });
});

it.each([
  ['validatingwebhookconfigurations', true],
  ['mutatingwebhookconfigurations', true],
  ['validatingadmissionpolicies', true],
  ['things', false],
])('%s are exempt: %s', (plural, expected) => {
  expect(isExempt(request({ resource: { ...resource, group: 'admissionregistration.k8s.io', plural } }))).toBe(expected);
});
