import { commandOf, containerEnv, expand } from './env';
import { inUnitsOf, parseQuantity } from './quantity';
import { MissingSource, type KeyedData, type Sources } from './sources';
import { aPod } from './testing/builders';
import type { Container } from './types';

const data = (values: Record<string, string>): KeyedData => new Map(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)]));
const sources: Sources = {
  secret: name => (name === 'creds' ? data({ user: 'ann', empty: '' }) : undefined),
  configMap: name => (name === 'settings' ? data({ size: 'L' }) : undefined),
  token: () => 'token',
};

function envOf(container: Partial<Container>): Record<string, string> {
  const full = { name: 'main', image: 'x', ...container };
  const pod = aPod({ metadata: { labels: { team: 'a' }, annotations: { 'kratix-ts.dev/object': '{}' } }, spec: { containers: [full] } });
  return containerEnv({ pod, container: full, sources, base: { BASE: 'base' } });
}

describe('environment', () => {
  it.each([
    ['$(A)', 'one'], ['$$(A)', '$(A)'], ['$$', '$'], ['$(NO)', '$(NO)'], ['a$(A)b$(B)', 'aoneb$(A)'], ['$', '$'], ['$(A', '$(A'], ['$(toString)', '$(toString)'], ['$A', '$A'],
  ])('%s becomes %s', (text, expected) => {
    expect(expand(text, { A: 'one', B: '$(A)' })).toBe(expected);
  });

  it.each<[string, Partial<Container>, Record<string, string>]>([
    ['plain values, which see earlier ones', { env: [{ name: 'A', value: '1' }, { name: 'B', value: '$(A)$(BASE)' }] }, { A: '1', B: '1base' }],
    ['a Secret key', { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'creds', key: 'user' } } }] }, { A: 'ann' }],
    ['an empty key', { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'creds', key: 'empty' } } }] }, { A: '' }],
    ['a ConfigMap key', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'size' } } }] }, { A: 'L' }],
    ['optional keys that are not there', { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'no', key: 'x', optional: true } } }] }, {}],
    ['all of a Secret, with a prefix', { envFrom: [{ prefix: 'P_', secretRef: { name: 'creds' } }] }, { P_user: 'ann', P_empty: '' }],
    ['all of an optional map that is not there', { envFrom: [{ configMapRef: { name: 'no', optional: true } }] }, {}],
    ['env over envFrom', { envFrom: [{ configMapRef: { name: 'settings' } }], env: [{ name: 'size', value: 'S' }] }, { size: 'S' }],
    ['fields', { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['kratix-ts.dev/object']" } } }, { name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }, { A: '{}', N: 'pod' }],
    ['limits', { resources: { limits: { cpu: '1500m', memory: '1Gi' } }, env: [{ name: 'C', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }, { name: 'M', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } }] }, { C: '2', M: '1024' }],
  ])('%s', (_, container, expected) => {
    expect(envOf(container)).toEqual({ BASE: 'base', ...expected });
  });

  it.each<[Partial<Container>, string]>([
    [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'no', key: 'x' } } }] }, 'secret "no" not found'],
    [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'creds', key: 'x' } } }] }, "couldn't find key x in Secret default/creds"],
    [{ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'x' } } }] }, "couldn't find key x in ConfigMap default/settings"],
    [{ envFrom: [{ configMapRef: { name: 'no' } }] }, 'configmap "no" not found'],
  ])('what is missing is named as a kubelet does (%#)', (container, message) => {
    expect(() => envOf(container)).toThrow(new MissingSource(message));
  });

  it.each<[Partial<Container>, string[]]>([
    [{}, ['/entry', 'cmd']],
    [{ args: ['x'] }, ['/entry', 'x']],
    [{ command: ['c'] }, ['c']],
    [{ command: ['c'], args: ['$(A)'] }, ['c', '1']],
  ])('the command of %j', (container, expected) => {
    expect(commandOf({ name: 'm', image: 'x', ...container }, { entrypoint: ['/entry'], cmd: ['cmd'] }, { A: '1' })).toEqual(expected);
  });
});

describe('quantities', () => {
  it.each([['250m', 0.25], ['1', 1], ['1.5', 1.5], ['64Mi', 67108864], ['1k', 1000], ['1e3', 1000], ['1E', 1e18], ['x', NaN], ['', NaN]])('%s', (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });
  it.each([[0.25, undefined, '1'], [0.25, '1m', '250'], [67108864, '1Mi', '64'], [1, '0', '1']] as const)('%d in units of %s', (quantity, divisor, text) => {
    expect(inUnitsOf(quantity, divisor)).toBe(text);
  });
});
