import { randomBytes } from 'node:crypto';
import { joinFiles, PART_SIZE, partDigest, splitFiles } from './work-parts';

describe('Q-53: files in pieces', () => {
  const big = randomBytes(2_000_000).toString('base64');
  const files = new Map([['g1', [{ filepath: 'a', content: big }, { filepath: 'ü/"b"', content: 'x' }]], ['g2', [{ filepath: 'c', content: '' }]]]);

  it('come together again, each group in its order', () => {
    const parts = splitFiles('work', files);
    expect(parts.length).toBeGreaterThan(2);
    for (const { piece, digest } of parts) expect([Buffer.byteLength(piece) <= PART_SIZE, partDigest(piece)]).toEqual([true, digest]);
    const pieces = parts.map(({ piece }) => piece);
    expect([joinFiles(pieces, 'g1'), joinFiles(pieces, 'g2'), joinFiles(pieces, 'g3')]).toEqual([files.get('g1'), files.get('g2'), []]);
  });

  it('are the same Works for the same files, and others for others', () => {
    const names = (all: typeof files) => splitFiles('work', all).map(({ name }) => name);
    expect(names(files)).toEqual(names(new Map(files)));
    const more = new Map([...files, ['g3', [{ filepath: 'd', content: 'd' }]]]);
    expect(names(more).slice(0, 2)).toEqual(names(files).slice(0, 2));
    expect(names(more).at(-1)).not.toBe(names(files).at(-1));
    expect(new Set(names(new Map([['g', [{ filepath: 'a', content: 'a'.repeat(PART_SIZE * 3) }]]]))).size).toBe(4);
  });
});
