import { createPrivateKey, createSign, KeyObject } from 'node:crypto';
import { EnvHttpProxyAgent, request } from 'undici';
import { z } from 'zod';
import type { Secret } from './credentials';
import type { GitTarget } from './git-spec';
import { tidyLines } from './private-key';
import { StoreError, StoreErrorReason } from './store';

/** A GitHub App that is installed where the repository is. */
export interface GitHubApp {
  appId: string;
  installationId: string;
  key: KeyObject;
  /** Root of GitHub's API, without a slash at its end. */
  apiUrl: string;
  /** Name of the one repository that tokens are good for. */
  repository: string;
  /** A private CA in PEM form, as for git. */
  ca?: string;
  /** Milliseconds since 1970. */
  now: () => number;
}

const tokenAnswer = z.object({ token: z.string().min(1), expires_at: z.string() });
const refusalAnswer = z.object({ message: z.string() });

const TIMEOUT_MS = 15_000;
/** A token is replaced so long before it ends, in milliseconds: a push may take a while. */
const SPARE_MS = 5 * 60_000;
/** GitHub takes tokens of ten minutes at most, by its own clock; ours may be a little ahead or behind. */
const LIFE_S = { before: 60, after: 9 * 60 };

function rsaKey(text: string, store: string): KeyObject {
  try {
    const key = createPrivateKey(tidyLines(text));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // the error of the parser may quote the key
  }
  throw new StoreError('InvalidSpec', `Secret of store "${store}", key "privateKey" is not an RSA private key in PEM form (PKCS#1 or PKCS#8)`);
}

/** `https://api.github.com`, or that of the GitHub Enterprise server that the repository is on. */
function apiOf(target: GitTarget, override: string | undefined, store: string): string {
  const given = override?.trim();
  const { protocol, host } = new URL(target.url);
  if (!given) return host === 'github.com' ? 'https://api.github.com' : `${protocol}//${host}/api/v3`;
  const isAllowed = URL.canParse(given) && (given.startsWith('https://') || (given.startsWith('http://') && target.transport === 'http'));
  if (!isAllowed) throw new StoreError('InvalidSpec', `Secret of store "${store}", key "apiURL" must be an https URL, such as https://github.example.com/api/v3`);
  return given.replace(/\/+$/u, '');
}

/** Reads the Secret of a store with authMethod githubApp. Throws StoreError `InvalidSpec` naming the key. Source: B-SS-49. */
export function gitHubApp(secret: Secret, target: GitTarget, store: string, now: () => number): GitHubApp {
  const missing = ['appID', 'installationID', 'privateKey'].find(each => !secret[each]?.trim());
  if (missing) throw new StoreError('InvalidSpec', `Secret of store "${store}" has no key "${missing}"; authMethod githubApp needs "appID", "installationID" and "privateKey"`);
  const [appId, installationId] = [(secret.appID ?? '').trim(), (secret.installationID ?? '').trim()];
  if (!/^\d+$/u.test(installationId)) throw new StoreError('InvalidSpec', `Secret of store "${store}", key "installationID" is not a number`);
  return {
    appId, installationId, now,
    key: rsaKey(secret.privateKey ?? '', store),
    apiUrl: apiOf(target, secret.apiURL, store),
    repository: (new URL(target.url).pathname.split('/').at(-1) ?? '').replace(/\.git$/u, ''),
    ...(secret.caFile?.trim() && { ca: secret.caFile.trim() }),
  };
}

/** Says for a few minutes who the app is. */
export function appJwt({ appId, key, now }: GitHubApp): string {
  const seconds = Math.floor(now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: seconds - LIFE_S.before, exp: seconds + LIFE_S.after, iss: appId })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key).toString('base64url')}`;
}

function reasonOf(status: number, message: string): StoreErrorReason {
  if (status === 429 || /rate limit/iu.test(message)) return 'RateLimited';
  if (status === 404) return 'NotFound';
  return status >= 500 ? 'NotReachable' : 'AuthenticationFailed';
}

/** Tokens of one installation: the same until shortly before it ends, and one request at a time for a new one. */
export class InstallationTokens {
  private held: { token: string; until: number } | undefined;
  private asking: Promise<string> | undefined;

  constructor(private readonly app: GitHubApp) {}

  /** The token that was given out last. */
  get last(): string | undefined {
    return this.held?.token;
  }

  /** A token that is good for some minutes more. Throws StoreError with GitHub's words. */
  get(): Promise<string> {
    if (this.held && this.app.now() < this.held.until - SPARE_MS) return Promise.resolve(this.held.token);
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  /** Forgets the token: its server did not take it. */
  forget(): void {
    if (this.held) this.held.until = 0;
  }

  private async ask(): Promise<string> {
    const { apiUrl, appId, installationId, repository } = this.app;
    const url = `${apiUrl}/app/installations/${installationId}/access_tokens`;
    const { status, text } = await this.post(url, { repositories: [repository], permissions: { contents: 'write' } });
    const refusal = (reason: StoreErrorReason, words: string) => new StoreError(reason, `GitHub App ${appId} gets no token for repository "${repository}" from ${url}: ${words}`);
    const body = parsed(text);
    if (status !== 201) {
      const { data } = refusalAnswer.safeParse(body);
      throw refusal(reasonOf(status, data?.message ?? ''), `${status} ${data?.message ?? text.slice(0, 200)}`.trim());
    }
    const answer = tokenAnswer.safeParse(body);
    if (!answer.success) throw refusal('NotReachable', 'the answer holds no token');
    this.held = { token: answer.data.token, until: Date.parse(answer.data.expires_at) };
    return this.held.token;
  }

  private async post(url: string, body: object): Promise<{ status: number; text: string }> {
    const { ca } = this.app;
    const dispatcher = new EnvHttpProxyAgent({ ...(ca && { connect: { ca }, requestTls: { ca } }) });
    try {
      const { statusCode, body: answer } = await request(url, {
        method: 'POST',
        dispatcher,
        headers: { authorization: `Bearer ${appJwt(this.app)}`, accept: 'application/vnd.github+json', 'content-type': 'application/json', 'user-agent': 'kratix-ts' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: statusCode, text: await answer.text() };
    } catch (error) {
      const isLate = (error as Error).name === 'TimeoutError';
      throw new StoreError(isLate ? 'TimedOut' : 'NotReachable', `${url}: ${(error as Error).message || (error as NodeJS.ErrnoException).code}`);
    } finally {
      await dispatcher.destroy();
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
