import { resolvePackagePath, type DatabaseService } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';

/** Connects to the plugin's database and makes or mends the tables of one area first; `area` is a folder of `migrations`. */
export async function openTables(database: DatabaseService, area: 'logs' | 'notifications' | 'runs'): Promise<Knex> {
  const knex = await database.getClient();
  if (!database.migrations?.skip) {
    await knex.migrate.latest({
      directory: resolvePackagePath('@kratix-ts/backstage-plugin-kratix-backend', 'migrations', area),
      tableName: `kratix_${area}_migrations`,
    });
  }
  return knex;
}
