/** A message's field: its number, and a text or another message. */
export type WireField = [number: number, value: string | Buffer];

/** Writes a message; enough of protobuf for texts and messages, shorter than 2^28 bytes. */
export function message(...fields: WireField[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      const content = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
      return [varint(number * 8 + 2), varint(content.length), content];
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}
