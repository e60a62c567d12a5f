import { documentsOf } from './documents';

const read = (text: string, path = 'a.yaml') => documentsOf(path, Buffer.from(text));
const a = 'apiVersion: v1\nkind: A\n';
const b = 'apiVersion: v1\nkind: B\n';

describe('Q-40: a file among others stays well-formed', () => {
  it.each([
    ['one document is left as it is', a, a],
    ['several are left as they are', `${a}---\n${b}`, `${a}---\n${b}`],
    ['a trailing marker goes', `${a}---\n`, a.trim()],
    ['a leading marker goes', `---\n${a}`, a.trim()],
    ['dots at the end go', `${a}...\n`, a.trim()],
    ['a byte order mark goes', `\ufeff${a}`, a],
    ['empty documents go', `---\n\n---\n# nothing\n---\n${a}---\n---\n${b}`, `${a.trim()}\n---\n${b.trim()}`],
    ['a directive goes', `%YAML 1.2\n---\n${a}`, a.trim()],
    ['what stands beside the marker stays', `--- # note\n${a}`, ` # note\n${a.trim()}`],
    ['Windows line ends', `${a.replace(/\n/g, '\r\n')}---\r\n`, a.trim().replace(/\n/g, '\r\n')],
    ['JSON', '{"apiVersion":"v1","kind":"A"}', '{"apiVersion":"v1","kind":"A"}'],
    ['JSON with tabs', '{\n\t"apiVersion": "v1",\n\t"kind": "A"\n}', '{\n  "apiVersion": "v1",\n  "kind": "A"\n}'],
    ['numbers in JSON stay exact', '{"apiVersion":"v1","kind":"A","n":12345678901234567890}', '{"apiVersion":"v1","kind":"A","n":12345678901234567890}'],
  ])('%s', (_what, text, expected) => expect(read(text)).toEqual({ text: expected, problems: [] }));

  it.each(['', '# only a note\n', '---\n---\n'])('nothing comes of %j', text => expect(read(text)).toEqual({ text: undefined, problems: [] }));
});

describe('B29: what is no Kubernetes object is told and left out', () => {
  it.each([
    ['apiVersion: v1\nmetadata: {}\n', 'document 1 of file "a.yaml" has no kind'],
    ['kind: A\n', 'document 1 of file "a.yaml" has no apiVersion'],
    ['- a\n', 'document 1 of file "a.yaml" is no Kubernetes object'],
    ['hello\n', 'document 1 of file "a.yaml" is no Kubernetes object'],
    ['[1]', 'file "a.yaml" is no Kubernetes object'],
  ])('%j', (text, problem) => expect(read(text)).toEqual({ text: undefined, problems: [problem] }));

  it('the others of its file stay', () => expect(read(`${a}---\nkind: C\n---\n${b}`)).toEqual({ text: `${a.trim()}\n---\n${b.trim()}`, problems: ['document 2 of file "a.yaml" has no apiVersion'] }));
  it('what does not parse is told in the parser’s words', () => expect(read('a: [\n').problems[0]).toMatch(/^document 1 of file "a.yaml" cannot be read: ./));
  it('nor is what is no text', () => expect(documentsOf('a.bin', new Uint8Array([0xff, 0xfe, 0x00]))).toEqual({ text: undefined, problems: ['file "a.bin" is no text'] }));
});
