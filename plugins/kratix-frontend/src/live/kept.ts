import type { KratixApi } from '../apis/KratixApi';

const MOST_KEPT = 50;

/**
 * What pages have shown, by a key and per client, so that the cards of one page share it and coming back to a page shows
 * it at once. The 50 used last stay.
 */
export class Kept<T> {
  private readonly byClient = new WeakMap<KratixApi, Map<string, T>>();

  get(api: KratixApi, key: string, make: () => T): T {
    const known = this.byClient.get(api) ?? new Map<string, T>();
    this.byClient.set(api, known);
    const value = known.get(key) ?? make();
    known.delete(key);
    known.set(key, value);
    if (known.size > MOST_KEPT) {
      const [oldest] = known.keys();
      known.delete(oldest);
    }
    return value;
  }
}
