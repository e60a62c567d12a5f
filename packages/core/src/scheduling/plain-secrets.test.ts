import type { WorkObject } from '../api';
import { encodeContent } from '../wire/encoding';
import { secretEvents } from './plain-secrets';

const holding = (text: string, filepath = 'a.yaml', status?: WorkObject['status']): WorkObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Work', metadata: { name: 'w', namespace: 'default', generation: 2 },
  spec: { workloadGroups: [{ id: 'x', directory: '.', workloads: [{ filepath, content: encodeContent(text) }] }] }, ...(status && { status }),
} as WorkObject);
const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: x\n';
const told = (observedGeneration: number) => ({ conditions: [{ type: 'Ready', status: 'True' as const, reason: 'x', message: 'x', lastTransitionTime: 'x', observedGeneration }] });

describe('B40: a Secret that everybody can read', () => {
  it.each([
    ['alone', secret],
    ['among others', `kind: ConfigMap\n---\n${secret}`],
    ['with Windows’ ends of lines', secret.replaceAll('\n', '\r\n')],
  ])('%s is warned of, with its file', (_how, text) => {
    expect(secretEvents(holding(text))).toEqual([{ type: 'Warning', reason: 'PlainSecret', message: expect.stringContaining('a.yaml') }]);
  });
  it.each([
    ['SealedSecret', 'kind: SealedSecret\nspec: {}\n', 'a.yaml'],
    ['a Secret that sops has encrypted', `${secret}sops:\n  mac: x\n`, 'a.yaml'],
    ['a Secret without data', 'kind: Secret\nmetadata: {name: a}\n', 'a.yaml'],
    ['a text about it', secret, 'README.md'],
  ])('%s is not', (_what, text, path) => expect(secretEvents(holding(text, path))).toEqual([]));
  it('is told of once', () => {
    expect(secretEvents(holding(secret, 'a.yaml', told(2)))).toEqual([]);
    expect(secretEvents(holding(secret, 'a.yaml', told(1)))).toHaveLength(1);
  });
  it('content that cannot be read is for others to tell', () => {
    const broken = holding(secret);
    Object.assign(broken.spec?.workloadGroups?.[0].workloads?.[0] ?? {}, { content: 'no gzip' });
    expect(secretEvents(broken)).toEqual([]);
  });
});
