import { createHash } from 'node:crypto';

/** Files of one group of a Work, as it holds them. */
export interface PackedFile {
  filepath?: string;
  content?: string;
}

/** Names a further Work that holds a piece of what one Work cannot. */
export interface WorkPart {
  name: string;
  /** `sha256:` and the hex digest of the piece. */
  digest: string;
}

/** Characters in one piece: an object of the API may be little larger, everything counted. */
export const PART_SIZE = 900_000;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Digest of a piece. */
export const partDigest = (piece: string) => `sha256:${sha256(piece)}`;

/**
 * The files of all groups, by group id, cut into pieces, each with the name of the Work that shall hold it. The same
 * piece has the same name, so what did not change is not written again.
 */
export function splitFiles(work: string, files: ReadonlyMap<string, PackedFile[]>): (WorkPart & { piece: string })[] {
  // base64 and escaped paths: one character is one byte
  const text = JSON.stringify(Object.fromEntries(files)).replace(/[\u0080-\uffff]/gu, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const count = Math.ceil(text.length / PART_SIZE);
  return Array.from({ length: count }, (_, index) => {
    const piece = text.slice(index * PART_SIZE, (index + 1) * PART_SIZE);
    return { name: `${work.slice(0, 200)}-part-${sha256(`${index} ${piece}`).slice(0, 10)}`, digest: partDigest(piece), piece };
  });
}

/** The files of one group out of all pieces, in their order. */
export function joinFiles(pieces: readonly string[], group: string): PackedFile[] {
  const all = JSON.parse(pieces.join('')) as Record<string, PackedFile[]>;
  return all[group] ?? [];
}
