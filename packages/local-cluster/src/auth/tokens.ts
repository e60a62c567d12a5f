import { createPrivateKey, createPublicKey, randomUUID, sign, verify, type KeyObject } from 'node:crypto';
import { StatusError, type TokenRequest } from '../api';
import type { Store } from '../store/store';
import type { User } from './user';

export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

interface Claims {
  aud: string[];
  exp: number;
  iat: number;
  iss: string;
  jti: string;
  nbf: number;
  sub: string;
  'kubernetes.io': { namespace: string; serviceaccount: { name: string; uid: string }; pod?: { name: string; uid: string } };
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Issues and checks the tokens of service accounts: JSON web tokens, signed with a key of this cluster. */
export class Tokens {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #store: Store;
  readonly #now: () => Date;
  /** Signatures that were checked before; they do not change. */
  readonly #checked = new Map<string, Claims>();

  constructor(key: string, store: Store, now: () => Date) {
    this.#privateKey = createPrivateKey(key);
    this.#publicKey = createPublicKey(this.#privateKey);
    this.#store = store;
    this.#now = now;
  }

  issue({ namespace, serviceAccount, audiences, expirationSeconds, pod }: TokenRequest): { token: string; expires: Date } {
    const account = this.#store.get('serviceaccounts', `${namespace}/${serviceAccount}`);
    if (!account) throw new StatusError(404, 'NotFound', `serviceaccounts "${serviceAccount}" not found`, { name: serviceAccount, kind: 'serviceaccounts' });
    const issued = Math.floor(this.#now().getTime() / 1000);
    const expires = issued + Math.max(600, expirationSeconds ?? 3600);
    const claims: Claims = {
      aud: audiences?.length ? audiences : [ISSUER],
      exp: expires,
      iat: issued,
      iss: ISSUER,
      jti: randomUUID(),
      nbf: issued,
      sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
      'kubernetes.io': { namespace, serviceaccount: { name: serviceAccount, uid: account.object.metadata.uid }, ...(pod ? { pod } : {}) },
    };
    const body = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(body), { key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
    return { token: `${body}.${signature.toString('base64url')}`, expires: new Date(expires * 1000) };
  }

  /** Whose token it is; undefined for a token that is not of this cluster, has expired, or whose account or pod is gone. */
  userOf(token: string): User | undefined {
    const claims = this.#checked.get(token) ?? this.#verify(token);
    if (!claims || claims.exp * 1000 < this.#now().getTime()) return undefined;
    const { namespace, serviceaccount, pod } = claims['kubernetes.io'];
    if (this.#store.get('serviceaccounts', `${namespace}/${serviceaccount.name}`)?.object.metadata.uid !== serviceaccount.uid) return undefined;
    if (pod && this.#store.get('pods', `${namespace}/${pod.name}`)?.object.metadata.uid !== pod.uid) return undefined;
    return {
      username: claims.sub,
      uid: serviceaccount.uid,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      ...(pod ? { extra: { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] } } : {}),
    };
  }

  #verify(token: string): Claims | undefined {
    const [head, body, signature, ...rest] = token.split('.');
    if (!signature || rest.length > 0) return undefined;
    const key = { key: this.#publicKey, dsaEncoding: 'ieee-p1363' as const };
    if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) return undefined;
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims;
    if (this.#checked.size > 1000) this.#checked.clear();
    this.#checked.set(token, claims);
    return claims;
  }
}
