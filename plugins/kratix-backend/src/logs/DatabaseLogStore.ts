import type { DatabaseService } from '@backstage/backend-plugin-api';
import { decodeContent, encodeContent } from '@kratix-ts/core/wire';
import type { Knex } from 'knex';
import { keepNewest, keepWithin, type BoundedTable } from '../database/bounds';
import { openTables } from '../database/openTables';
import type { LogKey, LogPlace, LogQuestion, LogStore } from './LogStore';

export interface LogBounds {
  maxDays: number;
  /** Logs of one request, the newest ones. */
  perRequest: number;
  /** Bytes of all logs, as they are stored. */
  maxTotalBytes: number;
}

interface Row {
  cluster: string;
  pod_uid: string;
  container: string;
  owner: string;
  run: string;
  step: string;
  pod_created_at: string;
  saved_at: number;
  bytes: number;
  content: string;
}

const TABLE = 'container_logs';
const BOUNDED: BoundedTable = { name: TABLE, key: ['cluster', 'pod_uid', 'container'], age: 'pod_created_at' };
const DAY_MS = 24 * 60 * 60 * 1000;
/** Looking for what is too old or too much costs more than saving: it is done once for so many logs. */
const SAVES_PER_PRUNING = 50;
const UNPACKED_BYTES = 64 * 1024 * 1024;

const whereOf = ({ cluster, podUid, container }: LogKey) => ({ cluster, pod_uid: podUid, container });

/** Keeps logs in the plugin's database. */
export class DatabaseLogStore implements LogStore {
  private saves = 0;

  private constructor(private readonly knex: Knex, private readonly bounds: LogBounds, private readonly now: () => number) {}

  /** Makes or mends the table first, and drops what is too old. */
  static async open(database: DatabaseService, bounds: LogBounds, now: () => number = Date.now): Promise<DatabaseLogStore> {
    const store = new DatabaseLogStore(await openTables(database, 'logs'), bounds, now);
    await store.prune();
    return store;
  }

  async has(key: LogKey): Promise<boolean> {
    return (await this.knex<Row>(TABLE).where(whereOf(key)).first('cluster')) !== undefined;
  }

  async save(key: LogKey, { owner, run, step, podCreatedAt }: LogPlace, text: string): Promise<void> {
    const content = encodeContent(text);
    const row: Row = { ...whereOf(key), owner, run, step, pod_created_at: podCreatedAt, saved_at: this.now(), bytes: content.length, content };
    await this.knex<Row>(TABLE).insert(row).onConflict(BOUNDED.key).merge();
    await keepNewest(this.knex, BOUNDED, { cluster: key.cluster, owner }, this.bounds.perRequest);
    this.saves += 1;
    if (this.saves % SAVES_PER_PRUNING === 0) await this.prune();
  }

  async find({ cluster, owner, run, step, container, attempt }: LogQuestion): Promise<string | undefined> {
    const query = this.knex<Row>(TABLE).where({ cluster, owner, step }).orderBy('pod_created_at', 'asc').orderBy('saved_at', 'asc');
    if (run) void query.whereIn('run', [run, '']);
    if (container) void query.where({ container });
    const found = await query.select('pod_uid', 'container');
    const pods = [...new Set(found.map(row => row.pod_uid))];
    const pod = attempt === undefined ? pods[pods.length - 1] : pods[attempt - 1];
    const last = found.filter(row => row.pod_uid === pod).pop();
    if (!last) return undefined;
    const row = await this.knex<Row>(TABLE).where({ cluster, ...last }).first('content');
    return row && decodeContent(row.content, UNPACKED_BYTES).toString('utf8');
  }

  private async prune(): Promise<void> {
    await this.knex<Row>(TABLE).where('saved_at', '<', this.now() - this.bounds.maxDays * DAY_MS).delete();
    await keepWithin(this.knex, BOUNDED, this.bounds.maxTotalBytes);
  }
}
