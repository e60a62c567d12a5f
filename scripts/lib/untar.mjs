const text = (block, from, to) => block.toString('latin1', from, to).replace(/\0.*$/s, '');

/** The content of one file of an (unpacked) tar archive, or undefined. Enough for what npm packs. */
export function fileOfTar(archive, wanted) {
  for (let offset = 0; offset + 512 <= archive.length; ) {
    const header = archive.subarray(offset, offset + 512);
    const name = text(header, 0, 100);
    if (!name) return undefined;
    const size = parseInt(text(header, 124, 136).trim() || '0', 8);
    if (name === wanted) return archive.subarray(offset + 512, offset + 512 + size);
    offset += 512 + Math.ceil(size / 512) * 512;
  }
  return undefined;
}
