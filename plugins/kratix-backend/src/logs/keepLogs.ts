import type { DatabaseService, LifecycleService, LoggerService, RootConfigService } from '@backstage/backend-plugin-api';
import type { Clusters } from '../clusters/Clusters';
import { DatabaseLogStore } from './DatabaseLogStore';
import { LogKeeper } from './LogKeeper';
import { logOptions } from './logOptions';
import type { LogStore } from './LogStore';

/** Logs kept of one request. */
const PER_REQUEST = 50;

export interface KeepLogsOptions {
  clusters: Clusters;
  config: RootConfigService;
  database: DatabaseService;
  lifecycle: LifecycleService;
  logger: LoggerService;
}

/** Starts to keep logs, and answers with where they are; undefined where the configuration wants none kept. */
export async function keepLogs({ clusters, config, database, lifecycle, logger }: KeepLogsOptions): Promise<LogStore | undefined> {
  const { keep, maxBytesPerContainer, maxDays, maxTotalBytes } = logOptions(config);
  if (keep === 'none') return undefined;
  const store = await DatabaseLogStore.open(database, { maxDays, maxTotalBytes, perRequest: PER_REQUEST });
  const keeper = new LogKeeper(clusters, { store, logger, maxBytesPerContainer });
  lifecycle.addShutdownHook(() => keeper.stop());
  return store;
}
