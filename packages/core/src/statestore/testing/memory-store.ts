import type { Difference, StateStore, StoreChange, StoreError, StoreVersion } from '../store';

/** A store in memory: what was asked of it, and what is in it. */
export class MemoryStore implements StateStore {
  readonly files = new Map<string, string>();
  readonly changes: StoreChange[] = [];
  /** Thrown by the next write. */
  refusal: StoreError | Error | undefined;
  /** Writes wait for it. */
  gate: Promise<void> = Promise.resolve();
  reads = 0;
  isClosed = false;

  async submit(change: StoreChange): Promise<StoreVersion> {
    await this.gate;
    if (this.refusal) throw this.refusal;
    this.changes.push(change);
    const differences = this.differencesOf(change);
    for (const { path } of differences) {
      const content = this.wanted(change).get(path);
      if (content === undefined) this.files.delete(path);
      else this.files.set(path, Buffer.from(content).toString());
    }
    return { version: `v${this.changes.length}`, differences };
  }

  async compare(change: StoreChange): Promise<StoreVersion> {
    return { version: `v${this.changes.length}`, differences: this.differencesOf(change) };
  }

  async read(directory: string): Promise<ReadonlyMap<string, string>> {
    this.reads += 1;
    const prefix = directory === '' ? '' : `${directory}/`;
    const direct = [...this.files].filter(([path]) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'));
    return new Map(direct.map(([path, text]) => [path.slice(prefix.length), text]));
  }

  async check() {
    if (this.refusal) throw this.refusal;
  }

  async refetch() {}

  async close() {
    this.isClosed = true;
  }

  /** Paths of all files, sorted. */
  get paths(): string[] {
    return [...this.files.keys()].sort();
  }

  private wanted({ put, record }: StoreChange): Map<string, Uint8Array | string> {
    return new Map([...put, ...(record && record.after !== null ? [[record.path, record.after] as const] : [])]);
  }

  private differencesOf(change: StoreChange): Difference[] {
    const wanted = this.wanted(change);
    const owned = change.owns === null ? [] : [...this.files.keys()].filter(path => path.startsWith(`${change.owns}/`));
    const gone = [...owned, ...change.remove, ...(change.record?.after === null ? [change.record.path] : [])];
    const surplus = gone.filter(path => !wanted.has(path) && this.files.has(path)).map((path): Difference => ({ path, was: 'surplus' }));
    const changed = [...wanted].filter(([path, content]) => this.files.get(path) !== Buffer.from(content).toString());
    return [...surplus, ...changed.map(([path]): Difference => ({ path, was: this.files.has(path) ? 'different' : 'missing' }))];
  }
}
