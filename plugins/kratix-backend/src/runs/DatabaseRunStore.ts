import type { DatabaseService } from '@backstage/backend-plugin-api';
import type { RunContent } from '@kratix-ts/backstage-plugin-kratix-common';
import { decodeContent, encodeContent } from '@kratix-ts/core/wire';
import type { Knex } from 'knex';
import { keepNewest, keepWithin, type BoundedTable } from '../database/bounds';
import { openTables } from '../database/openTables';
import type { PartId, RunPart, RunStore } from './RunStore';

export interface RunBounds {
  /** Runs of one request, the newest ones. */
  perRequest: number;
  /** Bytes of all, as they are stored. */
  maxTotalBytes: number;
}

interface Row extends PartId {
  cluster: string;
  saved_at: number;
  bytes: number;
  content: string;
}

const TABLE: BoundedTable = { name: 'run_parts', key: ['cluster', 'uid', 'run', 'part'] };
const PARTS_PER_RUN = 2;
/** Looking for what is too much costs more than saving: it is done once for so many parts. */
const PARTS_PER_PRUNING = 100;
const UNPACKED_BYTES = 64 * 1024 * 1024;

/** Keeps parts of runs in the plugin's database. */
export class DatabaseRunStore implements RunStore {
  private saved = 0;

  private constructor(private readonly knex: Knex, private readonly bounds: RunBounds, private readonly now: () => number) {}

  /** Makes or mends the table first, and drops what is too much. */
  static async open(database: DatabaseService, bounds: RunBounds, now: () => number = Date.now): Promise<DatabaseRunStore> {
    const store = new DatabaseRunStore(await openTables(database, 'runs'), bounds, now);
    await keepWithin(store.knex, TABLE, bounds.maxTotalBytes);
    return store;
  }

  async requests(cluster: string): Promise<string[]> {
    return this.knex<Row>(TABLE.name).where({ cluster }).distinct().pluck('uid');
  }

  async kept(cluster: string, uid: string): Promise<PartId[]> {
    return this.knex<Row>(TABLE.name).where({ cluster, uid }).orderBy('saved_at', 'asc').select('uid', 'run', 'part', 'version');
  }

  async save(cluster: string, parts: RunPart[]): Promise<void> {
    if (parts.length === 0) return;
    const saved_at = this.now();
    const rows = parts.map(part => {
      const content = encodeContent(JSON.stringify(part.content));
      return { ...part, cluster, saved_at, bytes: content.length, content };
    });
    await this.knex<Row>(TABLE.name).insert(rows).onConflict(TABLE.key).merge();
    for (const uid of new Set(parts.map(part => part.uid))) {
      await keepNewest(this.knex, TABLE, { cluster, uid }, this.bounds.perRequest * PARTS_PER_RUN);
    }
    this.saved += parts.length;
    if (this.saved < PARTS_PER_PRUNING) return;
    this.saved = 0;
    await keepWithin(this.knex, TABLE, this.bounds.maxTotalBytes);
  }

  async find(cluster: string, uid: string, run: string): Promise<RunContent> {
    const rows = await this.knex<Row>(TABLE.name).where({ cluster, uid, run }).select('content');
    const contents = rows.map(({ content }): RunContent => JSON.parse(decodeContent(content, UNPACKED_BYTES).toString('utf8')));
    return Object.assign({}, ...contents);
  }

  async forget(cluster: string, uid: string): Promise<void> {
    await this.knex<Row>(TABLE.name).where({ cluster, uid }).delete();
  }
}
