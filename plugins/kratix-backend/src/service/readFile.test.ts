import { encodeContent } from '@kratix-ts/core/wire';
import { rawText, shownText, withoutSecretValues } from './readFile';

it.each([
  ['a text without Secrets, byte by byte', 'a:   1 # x\n', 'a:   1 # x\n'],
  ['the word in a comment, and what refers to a Secret', '# from this Secret\nkind: Pod # keeps its comment\nref: {kind: Secret}\n', '# from this Secret\nkind: Pod # keeps its comment\nref: {kind: Secret}\n'],
  ['a word that is not a kind', 'kind: ConfigMap\ndata:\n  note: Secret santa\n', 'kind: ConfigMap\ndata:\n  note: Secret santa\n'],
])('shows %s', (_, text, expected) => {
  expect(withoutSecretValues(text, 'a.yaml')).toBe(expected);
});

it.each([
  ['a Secret', 'kind: Secret\nmetadata: {name: s}\ndata: {password: aGVsbG8=}\nstringData: {user: hunter2}\n'],
  ['one of several documents', 'kind: ConfigMap\n---\nkind: "Secret"\nstringData:\n  user: hunter2\ndata:\n  x: aGVsbG8=\n'],
  ['one in a List', 'kind: List\nitems:\n- kind: Secret\n  stringData: {user: hunter2}\n  data: {x: aGVsbG8=}\n'],
  ['one as JSON', '{"kind":"Secret","data":{"x":"aGVsbG8="},"stringData":{"user":"hunter2"}}'],
  ['one that kubectl copied into an annotation', 'kind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: \'{"stringData":{"u":"hunter2"},"data":{"x":"aGVsbG8="}}\'\n'],
])('masks the values of %s', (_, text) => {
  const shown = withoutSecretValues(text, 'a.yaml');
  expect(shown).toContain('Secret');
  expect(shown).not.toMatch(/aGVsbG8=|hunter2/);
});

it('shows nothing of a Secret that it cannot read', () => {
  expect(() => withoutSecretValues('kind: Secret\n  data: [', 'a.yaml')).toThrow('a.yaml names a Secret and is not YAML');
});

it.each<[string, string | Buffer, ReturnType<typeof shownText>]>([
  ['a text', 'a: 1\n', { content: 'a: 1\n' }],
  ['bytes', Buffer.from([0x89, 0x50, 0, 1]), { reason: 'binary' }],
  ['what is no UTF-8', Buffer.from([0xff, 0xfe, 0x41]), { reason: 'binary' }],
  ['a large file', 'x'.repeat(1024 * 1024 + 1), { reason: 'too-large' }],
  ['a Secret', 'kind: Secret\nmetadata:\n  name: s\ndata:\n  a: aGVsbG8=\n', { content: expect.stringContaining("a: '***'"), reason: 'secret' }],
  ['a Secret that cannot be read', 'kind: Secret\ndata: {a: [', { reason: 'secret' }],
])('shows of %s what may be shown', (_, text, expected) => expect(shownText(encodeContent(text), 'a.yaml')).toEqual(expected));

it('sends no more than 5 MB as text, and masks that too', () => {
  expect(rawText(encodeContent('x'.repeat(2_000_000)), 'a.txt')).toHaveLength(2_000_000);
  expect(() => rawText(encodeContent('x'.repeat(6_000_000)), 'a.txt')).toThrow('a.txt is larger than');
  expect(rawText(encodeContent('kind: Secret\nstringData:\n  a: hunter2\n'), 'a.yaml')).not.toContain('hunter2');
});
