import { parseAllYaml, parseYaml, toYaml, toYamlDocuments } from './yaml';

describe('parseYaml', () => {
  // What kubectl 1.32 makes of each scalar.
  it.each<[string, unknown]>([
    ['no', false],
    ['NO', false],
    ['off', false],
    ['n', false],
    ['on', true],
    ['yes', true],
    ['y', true],
    ['True', true],
    ['012', 10],
    ['0o14', 12],
    ['-0o14', -12],
    ['0x1f', 31],
    ['1_000', 1000],
    ['0b101', 5],
    ['190:20:30', '190:20:30'],
    ['12:30', '12:30'],
    ['2001-12-14', '2001-12-14'],
    ['2001-12-14T21:59:43Z', '2001-12-14T21:59:43Z'],
    ['1e3', 1000],
    ['08', 8],
    ['~', null],
    ['null', null],
    ['1.5', 1.5],
    ['v1', 'v1'],
    ['"no"', 'no'],
  ])('reads %s as kubectl does', (text, expected) => {
    expect(parseYaml(`a: ${text}`)).toEqual({ a: expected });
  });

  it('reads a key as kubectl does', () => {
    expect(parseYaml('no: 1\n12: 2\n')).toEqual({ false: 1, 12: 2 });
  });

  it('follows merge keys and aliases', () => {
    expect(parseYaml('a: &x {k: 1}\nb: {<<: *x, l: 2}\n')).toEqual({ a: { k: 1 }, b: { k: 1, l: 2 } });
  });

  it.each([
    ['a duplicate key', 'a: 1\na: 2', /duplicat/],
    ['an open bracket', 'a: [1', /x\.yaml/],
    ['a tab for indentation', 'a:\n\tb: 1', /x\.yaml/],
    ['two documents', 'a: 1\n---\nb: 2', /x\.yaml: one document was expected, but 2 were found/],
    ['a number beyond 2^53', 'a: 9007199254740993', /9007199254740993 is too large/],
  ])('refuses %s and names the file', (_what, text, message) => {
    expect(() => parseYaml(text, 'x.yaml')).toThrow(message);
    expect(() => parseYaml(text, 'x.yaml')).toThrow(SyntaxError);
  });

  it('refuses a small text that stands for billions of values', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `l${i}: &l${i} [${Array(10)
          .fill(i ? `*l${i - 1}` : 'x')
          .join(', ')}]`,
    );
    expect(() => parseYaml(levels.join('\n'), 'bomb.yaml')).toThrow(
      /bomb\.yaml: its aliases stand for too many values/,
    );
  });

  it('reads every document and leaves empty ones out', () => {
    expect(parseAllYaml('---\na: 1\n---\n---\n# nothing\n---\nb: 2\n')).toEqual([{ a: 1 }, { b: 2 }]);
    expect(parseAllYaml('')).toEqual([]);
    expect(parseYaml('')).toBeUndefined();
  });

  it('does not let a key reach the prototype', () => {
    parseYaml('__proto__: {polluted: true}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('toYaml', () => {
  it.each([
    'no',
    'y',
    'on',
    '1_000',
    '12:30',
    '0o14',
    '012',
    '1e3',
    'null',
    '',
    '2001-12-14',
    'a: b',
    '#x',
    '- x',
    'multi\nline\n',
  ])('writes the text %j so that it is read back as that text', text => {
    expect(parseYaml(toYaml({ a: text, [text]: 1 }))).toEqual({ a: text, [text]: 1 });
  });

  it('leaves undefined fields out and writes shared values twice', () => {
    const shared = { x: 1 };
    expect(toYaml({ a: undefined, b: shared, c: shared })).toBe('b:\n  x: 1\nc:\n  x: 1\n');
  });

  it('keeps long texts on one line', () => {
    expect(toYaml({ a: 'word '.repeat(60).trim() }).split('\n')).toHaveLength(2);
  });

  it('separates documents', () => {
    expect(toYamlDocuments([{ a: 1 }, { b: 2 }])).toBe('a: 1\n---\nb: 2\n');
  });
});
