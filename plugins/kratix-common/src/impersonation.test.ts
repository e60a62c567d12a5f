import { kubernetesUser, type NamingRule } from './impersonation';

const aRule = (extra: Partial<NamingRule> = {}): NamingRule => ({ user: 'name', groups: 'none', prefix: '', ...extra });
const ana = { ref: 'user:default/ana', ownership: ['user:default/ana', 'group:default/devs', 'group:other/devs'], annotations: { 'example.org/login': 'ana@example.org' } };

it.each<[string, Partial<NamingRule>, object]>([
  ['the name', {}, { user: 'ana', groups: [] }],
  ['the entity ref', { user: 'entityRef', groups: 'entityRef' }, { user: 'user:default/ana', groups: ['group:default/devs', 'group:other/devs'] }],
  ['an annotation', { user: 'annotation', annotation: 'example.org/login' }, { user: 'ana@example.org', groups: [] }],
  ['groups of different catalog namespaces', { groups: 'name' }, { user: 'ana', groups: ['devs', 'other/devs'] }],
  ['a prefix', { groups: 'name', prefix: 'portal:' }, { user: 'portal:ana', groups: ['portal:devs', 'portal:other/devs'] }],
])('names a user by %s', (_, rule, expected) => {
  expect(kubernetesUser(aRule(rule), ana)).toEqual(expected);
});

it.each<[string, Partial<NamingRule>, Record<string, string>, string]>([
  ['who has no annotation', { user: 'annotation', annotation: 'example.org/other' }, {}, 'bears no annotation example.org/other'],
  ['who says that it is Kubernetes itself', { user: 'annotation', annotation: 'a' }, { a: 'system:admin' }, 'would act as "system:admin"'],
])('refuses one %s', (_, rule, annotations, words) => {
  expect(() => kubernetesUser(aRule(rule), { ...ana, annotations })).toThrow(words);
});

it('names no group that is Kubernetes’ own', () => {
  const rule = aRule({ groups: 'name', prefix: 'system:' });
  expect(() => kubernetesUser(rule, ana)).toThrow('names that begin with system: are Kubernetes');
});
