import { specToText, textToSpec } from './specText';

describe('a spec as text', () => {
  it.each<[Record<string, unknown>]>([[{}], [{ size: 'medium', replicas: 3, on: 'yes', tags: ['a'], db: { version: '16' } }]])(
    'comes back as it went: %j',
    spec => {
      expect(textToSpec(specToText(spec))).toEqual({ spec });
    },
  );

  it.each([
    ['a: [1', 'notYaml'],
    ['- a', 'notObject'],
    ['just words', 'notObject'],
    ['null', 'notObject'],
  ])('says what is wrong with %j', (text, error) => {
    expect(textToSpec(text).error).toBe(error);
  });
});
