import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';

/** No single file of a Work may unpack to more than this many bytes: a small object must not fill the memory of who reads it. */
export const MAX_CONTENT_BYTES = 128 * 1024 * 1024;

const OS_UNKNOWN = 255;

/** A file's content as a Work holds it: gzip, then base64. The same bytes give the same text on every system. */
export function encodeContent(content: Uint8Array | string): string {
  const packed = gzipSync(content);
  packed.writeUInt32LE(0, 4);
  packed[9] = OS_UNKNOWN;
  return packed.toString('base64');
}

/** The bytes behind {@link encodeContent}. Throws a sentence when the text is not gzip in base64, or unpacks to more than `limit` bytes. */
export function decodeContent(text: string, limit = MAX_CONTENT_BYTES): Buffer {
  if (text === '') return Buffer.alloc(0);
  try {
    return gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: limit });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new Error(`content unpacks to more than ${limit} bytes`);
    throw new Error(`content is not gzip in base64: ${message}`);
  }
}

/**
 * JSON with sorted keys and no white space. Keys whose value is null or undefined are left out, because an API server
 * may drop them: what was written and what is read back have the same text.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined && member !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** `sha256:` and the hex digest of a spec, which does not depend on the order of its keys. */
export function digestOf(spec: unknown): string {
  return `sha256:${createHash('sha256').update(canonicalJson(spec)).digest('hex')}`;
}
