import { readFile, writeFile } from 'node:fs/promises';
import { appliedFile } from './folders';

/** What earlier starts of a data folder have brought in, by digest: the same thing is brought in only once. */
export class Applied {
  private constructor(private readonly data: string, private readonly digests: Map<string, string>) {}

  static async load(data: string): Promise<Applied> {
    try {
      const parsed: Record<string, string> = JSON.parse(await readFile(appliedFile(data), 'utf8'));
      return new Applied(data, new Map(Object.entries(parsed)));
    } catch {
      return new Applied(data, new Map());
    }
  }

  has(id: string, digest: string): boolean {
    return this.digests.get(id) === digest;
  }

  async add(id: string, digest: string): Promise<void> {
    this.digests.set(id, digest);
    await writeFile(appliedFile(this.data), JSON.stringify(Object.fromEntries(this.digests), undefined, 1));
  }
}
