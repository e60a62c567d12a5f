import { secretsInSpec, withoutSecrets } from './withoutSecrets';

async function shown(chunks: string[], secrets: string[]): Promise<string> {
  async function* source() {
    yield* chunks;
  }
  let text = '';
  for await (const chunk of withoutSecrets(source(), secrets)) text += chunk;
  return text;
}

it.each<[string, string[], string[], string]>([
  ['nothing', [], ['abc'], ''],
  ['a text without a secret', ['one\n', 'two\n'], ['abc'], 'one\ntwo\n'],
  ['no secrets', ['abc'], [], 'abc'],
  ['a secret', ['password: abc\n'], ['abc'], 'password: (hidden)\n'],
  ['several', ['abc abc', ' xyz'], ['abc', 'xyz'], '(hidden) (hidden) (hidden)'],
  ['one that two chunks share', ['say a', 'b', 'c!'], ['abc'], 'say (hidden)!'],
  ['the beginning of one, and no more', ['say ab'], ['abc'], 'say ab'],
  ['one that is the beginning of another', ['abc', 'def'], ['abcdef', 'abc'], '(hidden)'],
  ['one that ends as another begins', ['say xabc', 'de'], ['xabc', 'cde'], 'say (hidden)de'],
  ['one of several lines', ['key:\nfirst\nsec', 'ond\nend'], ['first\nsecond'], 'key:\n(hidden)\nend'],
])('item 41: hides in %s', async (_, chunks, secrets, expected) => expect(await shown(chunks, secrets)).toBe(expected));

it('item 41: hides however a text is cut', async () => {
  const text = 'xxabcabdabcdabcdeabab\nababcab';
  for (const secrets of [['abc'], ['abcde', 'abcd'], ['abab']]) {
    const whole = await shown([text], secrets);
    expect(whole).toContain('(hidden)');
    for (let first = 0; first < text.length; first += 1) {
      for (let second = first; second < text.length; second += 1) {
        const parts = await shown([text.slice(0, first), text.slice(first, second), text.slice(second)], secrets);
        for (const secret of secrets) expect(parts).not.toContain(secret);
      }
    }
  }
});

it('finds the secrets of the request that a log is of', () => {
  const properties = { password: { type: 'string', format: 'password' }, pin: { type: 'string', format: 'password' }, key: { type: 'string', format: 'password' }, size: { type: 'string' } };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } };
  const promise = { metadata: { name: 'redis' }, spec: { api: { spec: { group: 'g', names: { kind: 'Redis', plural: 'redis' }, versions: [{ name: 'v1', served: true, storage: true, schema }] } } } };
  const watch = {
    promise: () => promise,
    apis: () => [{ promise: 'redis' }, { promise: 'other' }],
    request: (api: { promise: string }) => (api.promise === 'redis' ? { spec: { password: 'sesame', pin: '1', key: 'open sesame', size: 'small' } } : undefined),
  };
  expect(secretsInSpec(watch as never, { promise: 'redis', namespace: 'default', name: 'one' })).toEqual(['open sesame', 'sesame']);
});
