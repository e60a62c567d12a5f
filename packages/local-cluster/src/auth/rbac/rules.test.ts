import type { Attributes } from '../user';
import { notCovered, permits, textOf, type PolicyRule } from './rules';

const pods = (more: Partial<Attributes> = {}): Attributes => ({ verb: 'get', group: '', resource: 'pods', namespace: 'a', name: 'x', ...more });
const rule = (more: Partial<PolicyRule> = {}): PolicyRule => ({ verbs: ['get'], apiGroups: [''], resources: ['pods'], ...more });

it.each<[string, PolicyRule, Attributes, boolean]>([
  ['what it names', rule(), pods(), true],
  ['another verb', rule(), pods({ verb: 'list' }), false],
  ['any verb', rule({ verbs: ['*'] }), pods({ verb: 'list' }), true],
  ['another group', rule(), pods({ group: 'apps' }), false],
  ['another resource', rule(), pods({ resource: 'secrets' }), false],
  ['no subresource', rule(), pods({ subresource: 'log' }), false],
  ['a subresource by name', rule({ resources: ['pods/log'] }), pods({ subresource: 'log' }), true],
  ['a subresource of everything', rule({ resources: ['*/log'] }), pods({ subresource: 'log' }), true],
  ['everything', rule({ apiGroups: ['*'], resources: ['*'] }), pods({ group: 'a.b', resource: 'c', subresource: 'd' }), true],
  ['one object', rule({ resourceNames: ['x'] }), pods(), true],
  ['not another object', rule({ resourceNames: ['y'] }), pods(), false],
  ['not all where it names one', rule({ verbs: ['list'], resourceNames: ['x'] }), pods({ verb: 'list', name: '' }), false],
  ['a path', { verbs: ['get'], nonResourceURLs: ['/api/*'] }, { verb: 'get', path: '/api/v1' }, true],
  ['not another path', { verbs: ['get'], nonResourceURLs: ['/api/*'] }, { verb: 'get', path: '/apis' }, false],
  ['no path by resources', rule({ resources: ['*'] }), { verb: 'get', path: '/' }, false],
])('permits %s', (_title, given, wanted, expected) => expect(permits(given, wanted)).toBe(expected));

it.each<[string, PolicyRule[], PolicyRule[], string[]]>([
  ['the same', [rule()], [rule()], []],
  ['a part', [rule({ verbs: ['*'] })], [rule({ verbs: ['get', 'list'] })], []],
  ['the whole by its parts', [rule(), rule({ verbs: ['list'] })], [rule({ verbs: ['get', 'list'] })], []],
  ['more verbs', [rule()], [rule({ verbs: ['list', 'get', 'delete'] })], ['{APIGroups:[""], Resources:["pods"], Verbs:["delete" "list"]}']],
  ['all where one is held', [rule({ resourceNames: ['x'] })], [rule()], ['{APIGroups:[""], Resources:["pods"], Verbs:["get"]}']],
  ['one where all are held', [rule()], [rule({ resourceNames: ['x'] })], []],
  ['a star', [rule()], [rule({ resources: ['*'] })], ['{APIGroups:[""], Resources:["*"], Verbs:["get"]}']],
  ['a path', [], [{ verbs: ['get'], nonResourceURLs: ['/x'] }], ['{NonResourceURLs:["/x"], Verbs:["get"]}']],
])('misses nothing but what is not held: %s', (_title, owned, wanted, expected) => {
  expect(notCovered(owned, wanted).map(textOf)).toEqual(expected);
});
