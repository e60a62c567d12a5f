import { createHash, createHmac, timingSafeEqual, type Hmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What proves that a sender knows a secret. */
export type Proof =
  /** HMAC-SHA-256 of the body, in hexadecimal: GitHub's and Gitea's way. */
  | { kind: 'signature'; hex: string }
  /** The secret itself: GitLab's way, and that of whoever can only send a header. */
  | { kind: 'token'; token: string };

const HEX = /^[0-9a-f]{64}$/iu;

const single = (value: string | string[] | undefined) => (typeof value === 'string' ? value.trim() : '');

/** The strongest proof among a request's headers; undefined where there is none. */
export function proofOf(headers: IncomingHttpHeaders): Proof | undefined {
  const github = /^sha256=(.*)$/u.exec(single(headers['x-hub-signature-256']))?.[1];
  const hex = github ?? single(headers['x-gitea-signature']);
  if (hex) return HEX.test(hex) ? { kind: 'signature', hex } : undefined;
  const bearer = /^Bearer (.+)$/iu.exec(single(headers.authorization))?.[1];
  const token = single(headers['x-gitlab-token']) || bearer;
  return token ? { kind: 'token', token } : undefined;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Takes a body piece by piece, and says whether one of the secrets is behind it. How long that takes tells nothing of them. */
export class Verification {
  private readonly expected: { secret: string; hmac: Hmac }[];

  constructor(private readonly proof: Proof, secrets: readonly string[]) {
    this.expected = secrets.map(secret => ({ secret, hmac: createHmac('sha256', secret) }));
  }

  add(chunk: Uint8Array): void {
    if (this.proof.kind === 'signature') for (const { hmac } of this.expected) hmac.update(chunk);
  }

  /** Once, at the end of the body. */
  holds(): boolean {
    const { proof } = this;
    const matches = this.expected.map(({ secret, hmac }) =>
      (proof.kind === 'signature' ? timingSafeEqual(hmac.digest(), Buffer.from(proof.hex, 'hex')) : timingSafeEqual(digest(proof.token), digest(secret))));
    return matches.includes(true);
  }
}
