import type { Knex } from 'knex';

/** A table whose rows say how large they are (`bytes`) and when they were written (`saved_at`). */
export interface BoundedTable {
  name: string;
  /** Columns that together name a row. */
  key: string[];
  /** A column that tells which of two rows is older that were written at once. */
  age?: string;
}

interface Sized {
  bytes: number;
}

/** Rows that are dropped at a time. */
const AT_ONCE = 100;

/** Drops the oldest rows among those that `where` chooses, so that at most `most` stay. */
export async function keepNewest(knex: Knex, { name, key, age = 'saved_at' }: BoundedTable, where: Record<string, string>, most: number): Promise<void> {
  const tooMany = await knex(name).where(where).orderBy('saved_at', 'desc').orderBy(age, 'desc').offset(most).limit(AT_ONCE).select(key);
  for (const row of tooMany) await knex(name).where(row).delete();
}

/** Drops the oldest rows until all together take no more than `most` bytes. */
export async function keepWithin(knex: Knex, { name, key }: BoundedTable, most: number): Promise<void> {
  const [{ sum }] = await knex(name).sum({ sum: 'bytes' });
  let total = Number(sum);
  while (total > most) {
    const oldest: (Sized & Record<string, string>)[] = await knex(name).orderBy('saved_at', 'asc').limit(AT_ONCE).select([...key, 'bytes']);
    for (const { bytes, ...row } of oldest) {
      if (total <= most) return;
      await knex(name).where(row).delete();
      total -= bytes;
    }
  }
}
