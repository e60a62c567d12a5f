import { cleanDirectory } from './layout';
import { StoreError } from './store';

/** `spec` of a BucketStateStore, as far as the writer reads it. */
export interface BucketStoreSpec {
  bucketName?: string;
  endpoint?: string;
  path?: string;
  authMethod?: string;
  /** Plain `http:`. */
  insecure?: boolean;
  useDualStack?: boolean;
  region?: string;
  serverSideEncryption?: { algorithm: 'AES256' | 'aws:kms'; kmsKeyId?: string };
}

/** A spec and a Secret that passed every check. */
export interface BucketTarget {
  /** Address of the server. */
  url: string;
  bucket: string;
  region: string;
  /** Prefix of all keys, without slashes at its ends; empty for the whole bucket. */
  path: string;
  /** Undefined where the surroundings give them: environment, service account, instance. */
  keys: { accessKeyId: string; secretAccessKey: string } | undefined;
  encryption: BucketStoreSpec['serverSideEncryption'];
  /** Certificate authority of the server, in PEM form, beside the known ones. */
  ca: string | undefined;
}

const refuse = (field: string, problem: string): never => {
  throw new StoreError('InvalidSpec', `spec.${field}: ${problem}`);
};

const HOST = /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/u;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u;
/** `s3.amazonaws.com`, `s3.eu-west-1.amazonaws.com`, with or without `dualstack`. */
const AMAZON = /^s3(?:[.-](?:dualstack\.)?(?<region>[a-z]{2}-[a-z0-9-]+\d))?\.amazonaws\.com(?<china>\.cn)?$/u;
const DEFAULT_REGION = 'us-east-1';

function address(spec: BucketStoreSpec): { url: string; region: string } {
  const given = (spec.endpoint ?? '').trim().replace(/\/+$/u, '');
  if (given === '') return refuse('endpoint', 'is empty; name the server, such as s3.eu-west-1.amazonaws.com');
  const [, scheme, host = ''] = /^(?:(https?):\/\/)?(.*)$/iu.exec(given) ?? [];
  if (!HOST.test(host)) refuse('endpoint', `${JSON.stringify(spec.endpoint)} is not a host, or a host and a port`);
  if (scheme?.toLowerCase() === 'http' && !spec.insecure) refuse('endpoint', 'is http, which sends files in the clear; use https, or set spec.insecure: true');
  const amazon = AMAZON.exec(host);
  const region = spec.region || amazon?.groups?.region || DEFAULT_REGION;
  const isDual = spec.useDualStack && amazon;
  const name = isDual ? `s3.dualstack.${region}.amazonaws.com${amazon.groups?.china ?? ''}` : host;
  return { url: `${spec.insecure && scheme?.toLowerCase() !== 'https' ? 'http' : 'https'}://${name}`, region };
}

function accessKeys(spec: BucketStoreSpec, secret: Readonly<Record<string, string>> | undefined): BucketTarget['keys'] {
  const method = spec.authMethod ?? 'accessKey';
  if (method === 'IAM') return undefined;
  if (method !== 'accessKey') refuse('authMethod', `${JSON.stringify(method)} is not known; use accessKey or IAM`);
  if (!secret) throw new StoreError('InvalidSpec', 'secret not provided; name one in spec.secretRef, or use authMethod: IAM');
  const keyOf = (name: string): string => {
    const value = secret[name]?.trim();
    if (!value) throw new StoreError('InvalidSpec', `secret is missing key: ${name}`);
    return value;
  };
  return { accessKeyId: keyOf('accessKeyID'), secretAccessKey: keyOf('secretAccessKey') };
}

/** Checks spec and Secret as a whole. Throws StoreError `InvalidSpec` naming the field or the key. Source: B-SS-60. */
export function checkBucketSpec(spec: BucketStoreSpec, secret?: Readonly<Record<string, string>>): BucketTarget {
  const bucket = spec.bucketName ?? '';
  if (!BUCKET.test(bucket)) refuse('bucketName', `${JSON.stringify(bucket)} is not the name of a bucket`);
  const ca = secret?.caFile?.trim();
  if (ca && !ca.includes('-----BEGIN CERTIFICATE-----')) throw new StoreError('InvalidSpec', 'Secret, key "caFile": is not a certificate in PEM form');
  const encryption = spec.serverSideEncryption;
  if (encryption?.kmsKeyId && encryption.algorithm !== 'aws:kms') refuse('serverSideEncryption', `has a kmsKeyId, and algorithm ${encryption.algorithm}; use aws:kms`);
  return { ...address(spec), bucket, path: cleanDirectory(spec.path ?? '', 'spec.path'), keys: accessKeys(spec, secret), encryption, ca: ca || undefined };
}
