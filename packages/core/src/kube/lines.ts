const NEWLINE = 10;

/**
 * Splits a byte stream into lines. A last line without an end is dropped: it was cut off on the way.
 * Bytes are kept until a line is complete, so characters that are cut between chunks stay whole.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let parts: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const tail = chunk.subarray(start, end);
      const line = parts.length
        ? Buffer.concat([...parts, tail])
        : Buffer.from(tail.buffer, tail.byteOffset, tail.length);
      parts = [];
      start = end + 1;
      if (line.length) yield line.toString('utf8');
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
}
