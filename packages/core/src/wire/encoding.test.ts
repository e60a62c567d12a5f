import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { canonicalJson, decodeContent, digestOf, encodeContent } from './encoding';
import { groupId, shortGroupId } from './layout-names';

describe('B-GEN-15: content is gzip in base64', () => {
  it('gives back the bytes, for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 4000 }), bytes => {
      expect(Buffer.compare(decodeContent(encodeContent(bytes)), bytes)).toBe(0);
    }));
  });

  it('is the same on every system and at every time', () => {
    const header = Buffer.from(encodeContent('a: 1\n'), 'base64').subarray(0, 10);
    expect(header.toString('hex')).toBe('1f8b08000000000000ff');
  });

  it('is read by gzip', () => {
    expect(execFileSync('gzip', ['-dc'], { input: Buffer.from(encodeContent('hello'), 'base64') }).toString()).toBe('hello');
  });

  it('refuses what is not gzip, and what unpacks to too much', () => {
    expect(() => decodeContent('aGVsbG8=')).toThrow('not gzip in base64');
    expect(() => decodeContent(encodeContent(Buffer.alloc(1000)), 999)).toThrow('more than 999 bytes');
    expect(decodeContent(encodeContent(Buffer.alloc(1000)), 1000)).toHaveLength(1000);
  });
});

describe('digestOf', () => {
  it('does not depend on the order of keys, nor on absent and null values', () => {
    expect(digestOf({ a: 1, b: [{ c: 2, d: 3 }], e: null, f: undefined })).toBe(digestOf({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(digestOf({ a: [1, 2] })).not.toBe(digestOf({ a: [2, 1] }));
    expect(digestOf({})).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('survives a round trip through JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), value => {
      expect(canonicalJson(JSON.parse(JSON.stringify(value)))).toBe(canonicalJson(value));
    }));
  });
});

describe('B-GEN-14: group ids', () => {
  it('are the md5 of the directory', () => {
    expect(groupId('.')).toBe('5058f1af8388633f609cadb75a75dc9d');
    expect(shortGroupId(groupId('.'))).toBe('5058f');
  });
});
