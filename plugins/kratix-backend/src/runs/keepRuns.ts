import type { DatabaseService, LifecycleService, LoggerService, RootConfigService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { Clusters } from '../clusters/Clusters';
import { DatabaseRunStore, type RunBounds } from './DatabaseRunStore';
import { RunKeeper } from './RunKeeper';
import type { RunStore } from './RunStore';

/** Runs kept of one request; an engine keeps fewer. */
const PER_REQUEST = 20;
const MAX_TOTAL_BYTES = 256 * 1024 * 1024;

/** Reads `kratix.runs`; undefined where nothing is to be kept. Throws InputError that names the field. */
export function runOptions(config: RootConfigService): RunBounds | undefined {
  const runs = config.getOptionalConfig('kratix.runs');
  const keep = runs?.getOptionalString('keep') ?? 'database';
  if (keep !== 'database' && keep !== 'none') throw new InputError(`kratix.runs.keep must be database or none, not ${keep}`);
  const maxTotalBytes = runs?.getOptionalNumber('maxTotalBytes') ?? MAX_TOTAL_BYTES;
  if (!(maxTotalBytes >= 1)) throw new InputError('kratix.runs.maxTotalBytes must be 1 or more');
  return keep === 'none' ? undefined : { perRequest: PER_REQUEST, maxTotalBytes };
}

export interface KeepRunsOptions {
  clusters: Clusters;
  config: RootConfigService;
  database: DatabaseService;
  lifecycle: LifecycleService;
  logger: LoggerService;
}

/** Starts to keep what runs were given and left, and answers with where; undefined where the configuration wants none kept. */
export async function keepRuns({ clusters, config, database, lifecycle, logger }: KeepRunsOptions): Promise<RunStore | undefined> {
  const bounds = runOptions(config);
  if (!bounds) return undefined;
  const store = await DatabaseRunStore.open(database, bounds);
  const keeper = new RunKeeper(clusters, { store, logger });
  lifecycle.addShutdownHook(() => keeper.stop());
  return store;
}
