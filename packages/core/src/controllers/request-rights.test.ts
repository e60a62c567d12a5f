import { requestRules } from './request-rights';

const aDefinition = (group: string, plural: string) => ({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.${group}` }, spec: { group, names: { plural } } });
const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

it('B-PR-18, Q-48: the engine gets rights to the APIs of Promises, each by its name, and to nothing else', () => {
  expect(requestRules([])).toEqual([]);
  expect(requestRules([aDefinition('b.example', 'twos'), aDefinition('a.example', 'ones'), aDefinition('b.example', 'ones')])).toEqual([
    { apiGroups: ['a.example'], resources: ['ones'], verbs },
    { apiGroups: ['a.example'], resources: ['ones/status'], verbs: ['get', 'patch', 'update'] },
    { apiGroups: ['a.example'], resources: ['ones/finalizers'], verbs: ['update'] },
    { apiGroups: ['b.example'], resources: ['ones', 'twos'], verbs },
    { apiGroups: ['b.example'], resources: ['ones/status', 'twos/status'], verbs: ['get', 'patch', 'update'] },
    { apiGroups: ['b.example'], resources: ['ones/finalizers', 'twos/finalizers'], verbs: ['update'] },
  ]);
});

it('gives the same rules in whatever order the definitions come', () => {
  const definitions = [aDefinition('b.example', 'twos'), aDefinition('a.example', 'ones'), aDefinition('b.example', 'ones')];
  expect(requestRules([...definitions].reverse())).toEqual(requestRules(definitions));
});
