import { BucketClient, type S3Sdk } from './bucket-client';
import { checkBucketSpec, type BucketStoreSpec } from './bucket-spec';
import { BucketWriter } from './bucket-writer';
import type { StateStore, StateStoreType, StoreOptions } from './store';
import { BatchWriter, type BatchOptions } from './writer';

/** Times and limits; the defaults suit a server on the internet. */
export interface BucketTuning {
  /** Milliseconds for one call to the server. */
  timeoutMs?: number;
  /** How many objects may be on their way at once. */
  concurrency?: number;
  limits?: BatchOptions['limits'];
  /** Loads the S3 client, with the first call. */
  sdk?: () => Promise<S3Sdk>;
}

const DEFAULTS = { sdk: () => import('@aws-sdk/client-s3'), timeoutMs: 30_000, concurrency: 32 };

/**
 * A store that writes to one prefix of a bucket of an S3 server. Throws StoreError `InvalidSpec`, naming the field or the
 * Secret's key, when spec or Secret cannot work; the network is not touched before the first call.
 */
export function createBucketStore(options: StoreOptions<BucketStoreSpec>, tuning: BucketTuning = {}): StateStore {
  const { name, spec, secret, log, metrics, onFailure, onForeignChange } = options;
  const { limits, ...settings } = { ...DEFAULTS, ...tuning };
  const target = checkBucketSpec(spec, secret);
  const abort = new AbortController();
  const client = new BucketClient(target, { ...settings, signal: abort.signal });
  const { bucket, url, path } = target;
  const writer = new BucketWriter(client, { name, bucket, url, path, concurrency: settings.concurrency, abort, log, metrics, onForeignChange });
  return new BatchWriter(writer, { limits, metrics, onFailure });
}

/** Kind BucketStateStore, for the registry of stores. */
export const bucketStateStoreType: StateStoreType<BucketStoreSpec> = {
  kind: 'BucketStateStore',
  // each call has a time of its own, and a change may wait for many others
  patienceMs: Infinity,
  create: options => createBucketStore(options),
};
