import fc from 'fast-check';
import { linesOf } from './lines';

async function linesFrom(chunks: Uint8Array[]): Promise<string[]> {
  const lines: string[] = [];
  async function* stream() {
    yield* chunks;
  }
  for await (const line of linesOf(stream())) lines.push(line);
  return lines;
}

it('finds the same lines however the bytes are cut, and drops a last line that was cut off', async () => {
  const line = fc.string({ unit: 'grapheme', minLength: 1 }).map(text => text.replace(/[\n]/g, ' '));
  await fc.assert(
    fc.asyncProperty(fc.array(line), line, fc.array(fc.nat(200)), async (lines, cutOff, cuts) => {
      const bytes = Buffer.from(`${lines.map(each => `${each}\n`).join('')}${cutOff}`);
      const chunks: Uint8Array[] = [];
      let from = 0;
      for (const length of cuts) {
        chunks.push(bytes.subarray(from, from + length));
        from += length;
      }
      chunks.push(bytes.subarray(from));
      expect(await linesFrom(chunks)).toEqual(lines);
    }),
  );
});
