import type { DatabaseService } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import { openTables } from '../database/openTables';

const TABLE = 'kratix_known_troubles';

interface Row {
  request_ref: string;
  trouble: string;
}

/** Remembers over restarts which trouble of a request its owner knows of, and lets one replica tell it. */
export interface NoteStore {
  all(): Promise<Map<string, string>>;
  /** The trouble that is known of a request. */
  get(ref: string): Promise<string | undefined>;
  /** Puts `next` where `before` stands. False where another replica was faster: then there is nothing to tell. */
  swap(ref: string, before: string | undefined, next: string | undefined): Promise<boolean>;
}

/** The store in the plugin's database. */
export class DatabaseNoteStore implements NoteStore {
  private constructor(private readonly knex: Knex) {}

  /** Brings the tables up to date. */
  static async create(database: DatabaseService): Promise<DatabaseNoteStore> {
    return new DatabaseNoteStore(await openTables(database, 'notifications'));
  }

  async all(): Promise<Map<string, string>> {
    const rows = await this.knex<Row>(TABLE).select();
    return new Map(rows.map(({ request_ref, trouble }) => [request_ref, trouble]));
  }

  async get(ref: string): Promise<string | undefined> {
    const row = await this.knex<Row>(TABLE).where({ request_ref: ref }).first();
    return row?.trouble;
  }

  async swap(ref: string, before: string | undefined, next: string | undefined): Promise<boolean> {
    if (before === undefined) return next === undefined || this.insert(ref, next);
    const row = this.knex<Row>(TABLE).where({ request_ref: ref, trouble: before });
    return (next === undefined ? await row.delete() : await row.update({ trouble: next })) === 1;
  }

  private async insert(ref: string, trouble: string): Promise<boolean> {
    try {
      await this.knex<Row>(TABLE).insert({ request_ref: ref, trouble });
      return true;
    } catch (error) {
      if ((await this.get(ref)) !== undefined) return false;
      throw error;
    }
  }
}
