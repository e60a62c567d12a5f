import { systemClock, type Clock } from '../runtime/clock';
import { checkTemplate } from './commit-message';
import type { BatchLimits } from './fair-queue';
import { claimFolder } from './git-cache';
import { gitCredentials } from './git-credentials';
import { GitRepository } from './git-repository';
import { signingKeyOf } from './git-signing';
import { checkGitSpec, checkPushLimit, GitStoreSpec } from './git-spec';
import { GitWriter } from './git-writer';
import { PushBudget } from './push-budget';
import { StateStore, StateStoreType, StoreOptions } from './store';
import { BatchWriter } from './writer';

/** Times and limits; the defaults suit a server on the internet. */
export interface GitTuning {
  /** Milliseconds for one call to the server. */
  timeoutMs?: number;
  /** Milliseconds for the first fetch of a repository. */
  firstFetchTimeoutMs?: number;
  /** How often in a row others may push before us until a batch is given up. */
  maxLostRaces?: number;
  /** The longest pause after a lost race, in milliseconds; the real one is random, so that two writers part. */
  maxRaceDelayMs?: number;
  /** Milliseconds for which what we know of the server counts as fresh enough to say that nothing is to be written. */
  freshMs?: number;
  limits?: BatchLimits;
  /** After how many commits the local copy is packed. */
  commitsUntilRepack?: number;
  clock?: Clock;
}

const DEFAULTS = {
  timeoutMs: 90_000,
  firstFetchTimeoutMs: 600_000,
  maxLostRaces: 40,
  maxRaceDelayMs: 1_000,
  freshMs: 5_000,
  commitsUntilRepack: 200,
  clock: systemClock,
};

/**
 * A store that writes to one branch of a git repository, through the git program. Throws StoreError `InvalidSpec`,
 * naming the field or the Secret's key, when spec or Secret cannot work; the network is not touched before the first
 * `check()` or `submit()`.
 */
export function createGitStore(options: StoreOptions<GitStoreSpec>, tuning: GitTuning = {}): StateStore {
  const { name, spec, secret, allowLocal, cacheDir, log, metrics, onFailure, onForeignChange } = options;
  const { limits, clock, ...settings } = { ...DEFAULTS, ...(options.minimumFetchInterval !== undefined && { freshMs: options.minimumFetchInterval }), ...tuning };
  const target = checkGitSpec(spec, allowLocal);
  const template = checkTemplate(spec.commitMessage);
  const credentials = gitCredentials({ name, spec, target, secret, now: () => clock.now() });
  const budget = new PushBudget(checkPushLimit(spec, target), () => clock.now());
  const abort = new AbortController();
  const repository = new GitRepository({ ...settings, name, target, credentials, signingKey: signingKeyOf(secret, name), folder: claimFolder(cacheDir, name), signal: abort.signal });
  const writer = new GitWriter(repository, target, {
    ...settings, name, cacheDir, abort, template, budget, log, metrics, onForeignChange,
    granularity: spec.commitGranularity ?? 'batch',
    now: () => clock.now(),
  });
  return new BatchWriter(writer, { limits, budget, metrics, onFailure, clock });
}

/** Kind GitStateStore, for the registry of stores. */
export const gitStateStoreType: StateStoreType<GitStoreSpec> = {
  kind: 'GitStateStore',
  // each command has a time of its own, and a change may wait for many others
  patienceMs: Infinity,
  create: options => createGitStore(options),
};
