import type { Environment } from '@marcbachmann/cel-js';

const NANO = 1_000_000_000n;
const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const FORM = /^([+-]?)(\d+)?(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?$/;

/** A resource quantity such as `1.5Gi`, to the billionth. */
class Quantity {
  constructor(readonly nanos: bigint) {}
}

function scaled(digits: bigint, exponent: number): bigint {
  if (exponent >= 0) return digits * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  // Kubernetes rounds what is smaller than a billionth up.
  return digits / divisor + (digits % divisor > 0n ? 1n : 0n);
}

/** Undefined for what is no quantity. */
function parse(text: string): Quantity | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', binary, decimal = '', exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (binary ? 1024n ** BigInt(BINARY.indexOf(binary) + 1) : 1n);
  const nanos = scaled(digits, 9 - fraction.length + (exponent === undefined ? DECIMAL[decimal] : Number(exponent)));
  return new Quantity(sign === '-' ? -nanos : nanos);
}

function read(text: string): Quantity {
  const quantity = parse(text);
  if (!quantity) throw new Error(`quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$': ${text}`);
  return quantity;
}

function compare({ nanos: a }: Quantity, { nanos: b }: Quantity): bigint {
  if (a === b) return 0n;
  return a < b ? -1n : 1n;
}

/** Kubernetes' CEL library of quantities. */
export function addQuantities(environment: Environment): Environment {
  return environment
    .registerType('Quantity', Quantity)
    .registerFunction('quantity(string): Quantity', read)
    .registerFunction('isQuantity(string): bool', (text: string) => parse(text) !== undefined)
    .registerFunction('Quantity.sign(): int', (quantity: Quantity) => compare(quantity, new Quantity(0n)))
    .registerFunction('Quantity.isInteger(): bool', ({ nanos }: Quantity) => nanos % NANO === 0n)
    .registerFunction('Quantity.asInteger(): int', ({ nanos }: Quantity) => {
      if (nanos % NANO !== 0n) throw new Error('cannot convert value to integer');
      return nanos / NANO;
    })
    .registerFunction('Quantity.asApproximateFloat(): double', ({ nanos }: Quantity) => Number(nanos) / Number(NANO))
    .registerFunction('Quantity.add(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.nanos + b.nanos))
    .registerFunction('Quantity.add(int): Quantity', (a: Quantity, b: bigint) => new Quantity(a.nanos + b * NANO))
    .registerFunction('Quantity.sub(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.nanos - b.nanos))
    .registerFunction('Quantity.sub(int): Quantity', (a: Quantity, b: bigint) => new Quantity(a.nanos - b * NANO))
    .registerFunction('Quantity.compareTo(Quantity): int', compare)
    .registerFunction('Quantity.isLessThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nanos < b.nanos)
    .registerFunction('Quantity.isGreaterThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nanos > b.nanos)
    .registerOperator('Quantity == Quantity', (a: Quantity, b: Quantity) => a.nanos === b.nanos);
}
