import { anObject } from '../testing/objects';
import { labelMatcher, scopeMatcher } from './selector';

it.each<[string, Record<string, string> | undefined, boolean]>([
  ['', undefined, true],
  ['a=b', { a: 'b' }, true],
  ['a==b', { a: 'b' }, true],
  ['a=b', { a: 'c' }, false],
  ['a=b', undefined, false],
  ['a=', { a: '' }, true],
  ['a!=b', {}, true],
  ['a!=b', { a: 'b' }, false],
  ['a', { a: '' }, true],
  ['a', {}, false],
  ['!a', {}, true],
  ['!a', { a: '1' }, false],
  ['a in (x, y)', { a: 'y' }, true],
  ['a in (x,y)', {}, false],
  ['a notin (x,y)', {}, true],
  ['a notin (x,y)', { a: 'x' }, false],
  ['a in (x,y),b=c,!d', { a: 'x', b: 'c' }, true],
  ['a in (x,y),b=c,!d', { a: 'x', b: 'c', d: '' }, false],
  ['kratix.io/promise-name', { 'kratix.io/promise-name': 'p' }, true],
])('the selector "%s" on %j: %s', (selector, labels, expected) => {
  expect(labelMatcher(selector)(labels)).toBe(expected);
});

it('says what it does not understand', () => {
  expect(() => labelMatcher('a in x')).toThrow('label selector "a in x": "a in x" is not a requirement');
});

it.each<[string, Parameters<typeof scopeMatcher>[0], boolean | undefined]>([
  ['no limits', {}, true],
  ['the namespace', { namespace: 'default' }, true],
  ['another namespace', { namespace: 'other' }, false],
  ['the name', { fieldSelector: 'metadata.name=w' }, true],
  ['another name', { fieldSelector: 'metadata.name=v' }, false],
  ['not another name', { fieldSelector: 'metadata.name!=v' }, true],
  ['a field that only the server can compare', { fieldSelector: 'status.phase=Running' }, undefined],
])('scope: %s', (_what, options, expected) => {
  expect(scopeMatcher(options)(anObject('w'))).toBe(expected);
});
