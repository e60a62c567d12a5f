import fc from 'fast-check';
import { canonicalGoDuration, formatGoDuration, parseGoDuration } from './go-duration';
import { groupId } from './layout-names';
import { goJson, specHash } from './go-json';
import { jobName, placementName, runName, stableName, truncateName, workName } from './names';

describe('names', () => {
  it('B-GEN-17: the worked example', () => {
    expect(stableName('redis', 'v0.1.0')).toBe('redis-77ba1');
    expect(stableName('example-redis')).toBe('example-redis-e7f90');
    expect(specHash({ foo: 'bar' })).toBe('9bb58f26192e4ba00f01e2e7b136bbd8');
    expect(groupId('.')).toBe('5058f1af8388633f609cadb75a75dc9d');
    expect(placementName('redis-example-instance-configure-abcde', 'worker-1', groupId('.'))).toBe('redis-example-instance-configure-abcde.worker-1-5058f');
  });
  it.each([
    ['short', 'short'],
    ['a'.repeat(57), 'a'.repeat(57)],
    ['a'.repeat(58), 'a'.repeat(56)],
    [`${'a'.repeat(54)}-.-bb`, 'a'.repeat(54)],
  ])('B-GEN-10: %s', (name, expected) => expect(truncateName(name)).toBe(expected));
  it('B-GEN-13: Go’s JSON sorts keys and escapes <, > and &', () => {
    expect(goJson({ b: '<&>', a: undefined, c: [null, { z: 1, y: 2 }] })).toBe('{"b":"\\u003c\\u0026\\u003e","c":[null,{"y":2,"z":1}]}');
    expect(goJson({ '10': 1, '9': 2, '\u{1F600}': 3, '\uFFFD': 4 })).toBe('{"10":1,"9":2,"\uFFFD":4,"\u{1F600}":3}');
    expect(goJson({ text: '\u2028\b\u0001' })).toBe('{"text":"\\u2028\\b\\u0001"}');
    expect(specHash(undefined)).toBe(specHash(null));
  });
  it('A2: every name fits a label, ends well and is the same for the same input', () => {
    const name = fc.string({ minLength: 1, maxLength: 253, unit: fc.constantFrom(...'abcxyz019-.') }).map(text => `a${text}`);
    fc.assert(fc.property(name, name, (a, b) => {
      for (const made of [stableName(a, b), runName({ name: a, uid: b }, 'resource', 'configure', 123_456), jobName(a, b, 'run', 'p', 1), workName(a, { name: b, uid: 'u' }, 'p')]) {
        expect(made.length).toBeLessThanOrEqual(63);
        expect(made).toMatch(/[a-z0-9]$/);
      }
      expect(jobName(a, b, 'run', 'p', 1)).toBe(jobName(a, b, 'run', 'p', 1));
      expect(jobName(a, b, 'run', 'p', 1).length).toBeLessThanOrEqual(63);
    }));
  });
  it('A3: long names that begin alike stay apart', () => {
    const [a, b] = ['x', 'y'].map(end => 'n'.repeat(60) + end);
    expect(workName('p', { name: a, uid: '1' }, 'q')).not.toBe(workName('p', { name: b, uid: '2' }, 'q'));
  });
});

describe('Go durations', () => {
  it.each([
    ['10m', 600_000], ['1h30m', 5_400_000], ['500ms', 500], ['1.5s', 1_500], ['0', 0], ['-1m', -60_000], ['1d', undefined], ['', undefined], ['10', undefined], ['m', undefined], ['1h 2m', undefined],
  ])('%s', (text, expected) => expect(parseGoDuration(text)).toBe(expected));
  it.each([
    ['10h', '10h0m0s'], ['90m', '1h30m0s'], ['1m', '1m0s'], ['60s', '1m0s'], ['1500ms', '1.5s'], ['500ms', '500ms'], ['-2h', '-2h0m0s'], ['0', '0s'], ['3us', '3µs'], ['5ns', '5ns'], ['1d', undefined],
  ])('%s as Go writes it', (text, expected) => expect(canonicalGoDuration(text)).toBe(expected));
  it('what is written reads back', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e7 }), seconds => expect(parseGoDuration(formatGoDuration(seconds * 1_000))).toBe(seconds * 1_000)));
  });
});
