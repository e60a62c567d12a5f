import { typeTable, type Field, type FieldType } from '../builtin/notation';
import { badRequest } from '../registry/errors';
import type { Json } from '../schema/types';

/** A field's values on the wire: numbers as bigint, everything else as bytes. */
export type WireValue = bigint | Buffer;

/** Takes one message apart into its fields, by number. */
export function fieldsOfMessage(bytes: Buffer): Map<number, WireValue[]> {
  const fields = new Map<number, WireValue[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length || shift > 63n) throw badRequest('the protobuf body is cut off');
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw badRequest('the protobuf body is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const value = readValue(tag & 7, varint, take);
    const number = tag >>> 3;
    const values = fields.get(number);
    if (values) values.push(value);
    else fields.set(number, [value]);
  }
  return fields;
}

function readValue(wireType: number, varint: () => bigint, take: (length: number) => Buffer): WireValue {
  switch (wireType) {
    case 0:
      return varint();
    case 1:
      return take(8);
    case 2:
      return take(Number(varint()));
    case 5:
      return take(4);
    default:
      throw badRequest(`the protobuf body has a field of wire type ${wireType}, which is not known`);
  }
}

export function textOf(bytes: Buffer): string {
  return bytes.toString('utf8');
}

/** Reads a message as the JSON that the table describes. Empty strings, zeroes and empty objects stay out where JSON omits them. */
export function decodeTable(bytes: Buffer, table: string): Json {
  const object: Json = {};
  const wire = fieldsOfMessage(bytes);
  const nested = new Map<number, Map<number, WireValue[]>>();
  for (const field of typeTable(table).fields) {
    const values = valuesOf(field, wire, nested);
    if (!values) continue;
    const value = decodeField(values, field.type);
    if (value !== undefined && (field.required || !isVoid(value, field))) object[field.name] = value;
  }
  return object;
}

function valuesOf({ numbers }: Field, wire: Map<number, WireValue[]>, nested: Map<number, Map<number, WireValue[]>>): WireValue[] | undefined {
  if (!numbers) return undefined;
  const values = wire.get(numbers[0]);
  if (numbers.length === 1 || !values) return values;
  let inner = nested.get(numbers[0]);
  if (!inner) nested.set(numbers[0], (inner = fieldsOfMessage(asBytes(values[0]))));
  return inner.get(numbers[1]);
}

/** Go writes empty texts and empty messages of optional fields, which its JSON leaves out. */
function isVoid(value: unknown, { type }: Field): boolean {
  if (value === '' || value === null) return true;
  const isRef = type.form === 'ref';
  return isRef && ['meta.ObjectMeta', 'meta.ListMeta'].includes(type.name) ? false : isRef && isEmptyStatus(value, type.name);
}

function isEmptyStatus(value: unknown, name: string): boolean {
  return name.endsWith('Status') && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function decodeField(values: WireValue[], type: FieldType): unknown {
  if (type.form === 'list') return values.map(value => decodeOne(value, type.of));
  if (type.form !== 'map') return decodeOne(values[values.length - 1], type);
  return Object.fromEntries(
    values.map(value => {
      const entry = fieldsOfMessage(asBytes(value));
      const item = entry.get(2)?.[0];
      return [textOf(asBytes(entry.get(1)?.[0])), item === undefined ? emptyOf(type.of) : decodeOne(item, type.of)];
    }),
  );
}

function emptyOf(type: FieldType): unknown {
  if (type.form === 'list') return [];
  return type.form === 'scalar' && 'sB'.includes(type.code) ? '' : {};
}

function asBytes(value: WireValue | undefined): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

function decodeOne(value: WireValue, type: FieldType): unknown {
  if (type.form === 'ref') return decodeTable(asBytes(value), type.name);
  if (type.form === 'map' || type.form === 'list') {
    const items = fieldsOfMessage(asBytes(value)).get(1) ?? [];
    return decodeField(items, type);
  }
  return decodeScalar(value, type.code);
}

function decodeScalar(value: WireValue, code: string): unknown {
  switch (code) {
    case 's':
      return textOf(asBytes(value));
    case 'B':
      return asBytes(value).toString('base64');
    case 'b':
      return value === 1n;
    case 'i':
    case 'l':
      return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0;
    case 'n':
      return Buffer.isBuffer(value) && value.length === 8 ? value.readDoubleLE() : 0;
    default:
      return decodeSpecial(fieldsOfMessage(asBytes(value)), code);
  }
}

/** Times, quantities, int-or-string and free-form values are messages of their own. */
function decodeSpecial(message: Map<number, WireValue[]>, code: string): unknown {
  const first = (number: number) => message.get(number)?.[0];
  const integer = (number: number) => {
    const value = first(number);
    return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0;
  };
  switch (code) {
    case 't':
      return message.size === 0 ? null : `${new Date(integer(1) * 1000).toISOString().slice(0, 19)}Z`;
    case 'T':
      return message.size === 0 ? null : `${new Date(integer(1) * 1000).toISOString().slice(0, 19)}.${String(Math.floor(integer(2) / 1000)).padStart(6, '0')}Z`;
    case 'q':
      return textOf(asBytes(first(1)));
    case 'x':
      return integer(1) === 1 ? textOf(asBytes(first(3))) : integer(2);
    default: {
      const raw = textOf(asBytes(first(1)));
      return raw ? JSON.parse(raw) : {};
    }
  }
}
