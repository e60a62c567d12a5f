import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { pause, systemClock } from '../runtime/clock';
import { isPassing, retryAfterMs, statusOf } from './bucket-errors';
import type { BucketTarget } from './bucket-spec';
import { S3Http } from './s3-http';

/** What a listing says of an object. */
export interface Listed {
  key: string;
  /** Without quotes. */
  etag: string;
}

export interface Put {
  etag: string;
  /** Empty where the bucket keeps no versions. */
  versionId: string;
}

/** What must be so for a write to happen: this very object, or none. */
export type Precondition = { etag: string } | 'absent';

/** Somebody else changed the object since we knew it. */
export class Overtaken extends Error {}

/** Amazon's client, as a module. */
export type S3Sdk = typeof import('@aws-sdk/client-s3');

export interface BucketClientOptions {
  /** Loads the client; it is large, and wanted only where there is a bucket. */
  sdk: () => Promise<S3Sdk>;
  /** Milliseconds for one call. */
  timeoutMs: number;
  /** How many calls may be under way at once. */
  concurrency: number;
  signal: AbortSignal;
}

const TRIES = 3;
const FIRST_DELAY_MS = 100;
/** A server that asks for more is left alone. */
const MAX_DELAY_MS = 2_000;
/** Holds the md5 of the content where the server's ETag does not. */
const DIGEST = 'kratix-md5';

const unquoted = (etag: string | undefined) => (etag ?? '').replace(/^"|"$/gu, '');

export const md5 = (content: Uint8Array) => createHash('md5').update(content).digest('hex');

/** The calls to one bucket. Errors are the client's own; see {@link bucketFailure}. */
export class BucketClient {
  private opened: Promise<{ s3: S3Client; sdk: S3Sdk }> | undefined;
  /** False for servers that refuse preconditions; they get plain writes. */
  private knowsPreconditions = true;

  constructor(private readonly target: BucketTarget, private readonly options: BucketClientOptions) {}

  /** All objects whose keys begin with the prefix, in pages of the server's size. */
  async list(prefix: string): Promise<Listed[]> {
    const { s3, sdk } = await this.open();
    const found: Listed[] = [];
    let token: string | undefined;
    do {
      const command = new sdk.ListObjectsV2Command({ Bucket: this.target.bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) });
      const page = await this.send(signal => s3.send(command, { abortSignal: signal }));
      for (const { Key = '', ETag } of page.Contents ?? []) found.push({ key: Key, etag: unquoted(ETag) });
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token);
    return found;
  }

  async get(key: string): Promise<string> {
    const { s3, sdk } = await this.open();
    return this.send(async signal => {
      const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket: this.target.bucket, Key: key }), { abortSignal: signal });
      return (await Body?.transformToString()) ?? '';
    });
  }

  /** ETag and, where we wrote it, md5 of an object; undefined where there is none. */
  async head(key: string): Promise<{ etag: string; digest?: string } | undefined> {
    const { s3, sdk } = await this.open();
    try {
      const { ETag, Metadata } = await this.send(signal => s3.send(new sdk.HeadObjectCommand({ Bucket: this.target.bucket, Key: key }), { abortSignal: signal }));
      return { etag: unquoted(ETag), ...(Metadata?.[DIGEST] && { digest: Metadata[DIGEST] }) };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  /** Throws {@link Overtaken} when the precondition does not hold. */
  async put(key: string, content: Uint8Array, digest: string, condition: Precondition | undefined): Promise<Put> {
    const { s3, sdk } = await this.open();
    const { bucket, encryption } = this.target;
    const preconditions = condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition?.etag };
    const input = {
      Bucket: bucket,
      Key: key,
      Body: content,
      Metadata: { [DIGEST]: digest },
      ...(encryption && { ServerSideEncryption: encryption.algorithm }),
      ...(encryption?.kmsKeyId && { SSEKMSKeyId: encryption.kmsKeyId }),
      ...(this.knowsPreconditions && condition !== undefined && preconditions),
    };
    try {
      const { ETag, VersionId } = await this.send(signal => s3.send(new sdk.PutObjectCommand(input), { abortSignal: signal }));
      return { etag: unquoted(ETag), versionId: VersionId ?? '' };
    } catch (error) {
      const status = statusOf(error);
      if (status === 501 && this.knowsPreconditions) {
        this.knowsPreconditions = false;
        return this.put(key, content, digest, undefined);
      }
      // If-Match of an object that is gone
      const isGone = status === 404 && (error as Error).name === 'NoSuchKey';
      if (status === 412 || isGone || (error as Error).name === 'ConditionalRequestConflict') throw new Overtaken(key);
      throw error;
    }
  }

  /** What is not there is no error. */
  async delete(key: string): Promise<void> {
    const { s3, sdk } = await this.open();
    await this.send(signal => s3.send(new sdk.DeleteObjectCommand({ Bucket: this.target.bucket, Key: key }), { abortSignal: signal }));
  }

  /** Starts an upload in parts and gives it up: who may do that may write, and nothing is left. Source: B-SS-3. */
  async tryWrite(key: string): Promise<void> {
    const { s3, sdk } = await this.open();
    const place = { Bucket: this.target.bucket, Key: key };
    const { UploadId } = await this.send(signal => s3.send(new sdk.CreateMultipartUploadCommand(place), { abortSignal: signal }));
    // a server that forgets it by itself in time does no harm
    await this.send(signal => s3.send(new sdk.AbortMultipartUploadCommand({ ...place, UploadId }), { abortSignal: signal })).catch(() => undefined);
  }

  async close(): Promise<void> {
    const opened = await this.opened?.catch(() => undefined);
    opened?.s3.destroy();
  }

  private open() {
    this.opened ??= (async () => {
      const sdk = await this.options.sdk();
      const { url, region, keys, ca } = this.target;
      const s3 = new sdk.S3Client({
        region,
        endpoint: url,
        forcePathStyle: true,
        ...(keys && { credentials: keys }),
        // other servers than Amazon's do not know the newer checksums
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
        maxAttempts: 1,
        requestHandler: new S3Http({ connections: this.options.concurrency, ca }),
      });
      return { s3, sdk };
    })();
    return this.opened;
  }

  /** Tries what fails for a moment again, and gives up what hangs. */
  private async send<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await call(AbortSignal.any([this.options.signal, AbortSignal.timeout(this.options.timeoutMs)]));
      } catch (error) {
        const wait = Math.max(FIRST_DELAY_MS * 2 ** (tries - 1) * (0.5 + Math.random()), retryAfterMs(error) ?? 0);
        if (this.options.signal.aborted || tries >= TRIES || !isPassing(error) || wait > MAX_DELAY_MS) throw error;
        await pause(systemClock, wait, this.options.signal);
      }
    }
  }
}
