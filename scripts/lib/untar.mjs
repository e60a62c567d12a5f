import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const BLOCK = 512;
const text = (block, from, to) => block.toString('latin1', from, to).replace(/\0.*$/s, '');

/** The content of one file of a tar archive that comes in chunks, as chunks. Enough for what npm packs. */
async function* contentOf(chunks, wanted) {
  let waiting = Buffer.alloc(0);
  let left = 0;
  let padding = 0;
  let isWanted = false;
  for await (const chunk of chunks) {
    waiting = waiting.length > 0 ? Buffer.concat([waiting, chunk]) : chunk;
    for (;;) {
      if (left > 0) {
        const part = waiting.subarray(0, left);
        if (isWanted && part.length > 0) yield part;
        left -= part.length;
        waiting = waiting.subarray(part.length);
        if (left > 0) break;
        if (isWanted) return;
      }
      if (waiting.length < padding + BLOCK) break;
      const header = waiting.subarray(padding, padding + BLOCK);
      isWanted = text(header, 0, 100) === wanted;
      left = parseInt(text(header, 124, 136).trim() || '0', 8);
      waiting = waiting.subarray(padding + BLOCK);
      padding = (BLOCK - (left % BLOCK)) % BLOCK;
      if (isWanted && left === 0) return;
    }
  }
}

/**
 * Writes one file of a `.tgz` to `target` and answers whether it held anything. Piece by piece, so that a launcher that
 * lives as long as what it launches does not keep the memory.
 */
export async function extractFile(archive, wanted, target) {
  const unpacked = createGunzip();
  const reading = pipeline(createReadStream(archive), unpacked).catch(error => error);
  const output = createWriteStream(target);
  await pipeline(Readable.from(contentOf(unpacked, wanted)), output);
  unpacked.destroy();
  await reading;
  return output.bytesWritten > 0;
}
