const UNITS: Record<string, number> = {
  n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** The number that a Kubernetes quantity means: `250m` is 0.25, `1Ki` is 1024. NaN for what is no quantity. */
export function parseQuantity(text: string | number): number {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/.exec(String(text));
  return match ? Number(match[1]) * UNITS[match[2] ?? ''] : NaN;
}

/** A quantity in units of `divisor`, rounded up, as the downward API writes it. */
export function inUnitsOf(quantity: number, divisor: string | undefined): string {
  const unit = parseQuantity(divisor && divisor !== '0' ? divisor : '1');
  return String(Math.ceil(Number((quantity / unit).toPrecision(15))));
}
