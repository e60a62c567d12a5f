import { cleanDirectory } from './layout';
import type { PushLimit } from './push-budget';
import { StoreError } from './store';

/** `spec` of a GitStateStore, as far as the writer reads it. */
export interface GitStoreSpec {
  url?: string;
  branch?: string;
  path?: string;
  authMethod?: string;
  secretRef?: { name?: string; namespace?: string };
  /** Allows `http:`. Certificates are always verified. */
  insecure?: boolean;
  gitAuthor?: { name?: string; email?: string };
  commitGranularity?: 'batch' | 'promise' | 'object';
  /** First line of commits; see commit-message.ts. */
  commitMessage?: string;
  pushLimit?: PushLimit;
}

export type GitTransport = 'https' | 'http' | 'ssh' | 'file';

/** A spec that passed every check. */
export interface GitTarget {
  url: string;
  transport: GitTransport;
  branch: string;
  /** Directory of the repository that all paths are under; empty for its root. */
  path: string;
  /** `Name <email>`, safe in a commit. */
  author: string;
}

const refuse = (field: string, problem: string): never => {
  throw new StoreError('InvalidSpec', `spec.${field}: ${problem}`);
};

// eslint-disable-next-line no-control-regex
const SPACE_OR_CONTROL = /[\u0000-\u0020\u007f-\u009f\u00a0\u2028\u2029\ufeff]/u;
const HOST = '(?:[A-Za-z0-9_][A-Za-z0-9_.-]*|\\[[0-9A-Fa-f:.]+\\])';
const USER = '[A-Za-z0-9_.][A-Za-z0-9_.+-]*';
const SSH_URL = new RegExp(`^ssh://(?:${USER}@)?${HOST}(?::\\d{1,5})?/[^-].*$`, 'u');
const SCP_URL = new RegExp(`^(?:${USER}@)?${HOST}:(?!/?/|-|:).+$`, 'u');

function checkWebUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : refuse('url', `${JSON.stringify(url)} is not a URL`);
  if (parsed.username || parsed.password) refuse('url', 'holds credentials; put them into the Secret that spec.secretRef names');
  if (parsed.search || parsed.hash) refuse('url', `${JSON.stringify(url)} has a query or a fragment, which no repository has`);
  if (parsed.pathname === '/') refuse('url', `${JSON.stringify(url)} names a server and no repository`);
}

/** Accepts https and ssh, http where the store says `insecure`, and `file:` where this engine may; nothing else, and nothing that git could take for an option. */
export function checkUrl(spec: GitStoreSpec, allowLocal: boolean): { url: string; transport: GitTransport } {
  const url = spec.url ?? '';
  if (url === '') refuse('url', 'is empty; name the repository, such as https://git.example.com/team/platform.git');
  if (SPACE_OR_CONTROL.test(url)) refuse('url', 'holds white space or a control character');
  if (url.startsWith('-')) refuse('url', `${JSON.stringify(url)} begins with a dash`);
  if (/^[A-Za-z0-9+.-]*::/u.test(url)) refuse('url', `${JSON.stringify(url)} names a transport helper of git; use https, ssh or git@host:path`);
  if (/^https?:/iu.test(url)) {
    checkWebUrl(url);
    const transport = /^https:/iu.test(url) ? 'https' : 'http';
    if (transport === 'http' && !spec.insecure) refuse('url', 'is http, which sends credentials in the clear; use https, or set spec.insecure: true');
    if (spec.authMethod === 'ssh') refuse('authMethod', `is ssh, and spec.url is ${transport}; use authMethod: basicAuth or an ssh URL`);
    return { url, transport };
  }
  if (/^file:/iu.test(url)) {
    if (!allowLocal) refuse('url', 'is a folder of the engine\'s machine, which is allowed only when the engine runs with --allow-local-stores');
    if (!/^file:\/\/\/[^-]/u.test(url)) refuse('url', `${JSON.stringify(url)} needs the form file:///absolute/path`);
    return { url, transport: 'file' };
  }
  if (SSH_URL.test(url) || (!url.includes('://') && SCP_URL.test(url))) {
    if (spec.authMethod !== 'ssh') refuse('authMethod', `is ${spec.authMethod ?? 'basicAuth'}, and spec.url is ssh; set authMethod: ssh`);
    return { url, transport: 'ssh' };
  }
  return refuse('url', `${JSON.stringify(url)} is not an address of a git repository; use https://…, ssh://… or git@host:path, without a password`);
}

/** The rules of `git check-ref-format` for one branch, stricter about dashes. */
export function branchProblem(branch: string): string | undefined {
  if (branch === '') return 'is empty';
  if (branch.startsWith('-')) return 'begins with a dash';
  if (branch === 'HEAD' || branch === '@' || branch.startsWith('refs/')) return 'is not the plain name of a branch';
  if (SPACE_OR_CONTROL.test(branch) || /[~^:?*[\\]|\.\.|@\{/u.test(branch)) return 'holds a character or sequence that no branch may hold';
  if (branch.endsWith('.') || Buffer.byteLength(branch) > 200) return 'ends in a dot or is longer than 200 bytes';
  const badPart = branch.split('/').some(part => part === '' || part.startsWith('.') || part.endsWith('.lock'));
  return badPart ? 'has a part that is empty, begins with a dot or ends in .lock' : undefined;
}

// eslint-disable-next-line no-control-regex
const forIdent = (text: string) => text.replace(/[<>\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu, ' ').trim();

/** Checks a spec as a whole. Throws StoreError `InvalidSpec` naming the field and the mend. */
export function checkGitSpec(spec: GitStoreSpec, allowLocal: boolean): GitTarget {
  const { url, transport } = checkUrl(spec, allowLocal);
  const branch = spec.branch ?? 'main';
  const problem = branchProblem(branch);
  if (problem) refuse('branch', `${JSON.stringify(branch)} ${problem}`);
  const name = forIdent(spec.gitAuthor?.name ?? '') || 'kratix';
  return {
    url, transport, branch,
    path: cleanDirectory(spec.path ?? '', 'spec.path'),
    author: `${name} <${forIdent(spec.gitAuthor?.email ?? '')}>`,
  };
}

/** GitHub advises at most 6 pushes a minute to one repository, and slows down who does more. */
const GITHUB: PushLimit = { perMinute: 6, burst: 3 };

/** How many pushes the store's server is asked for at most; undefined for any number. Throws StoreError `InvalidSpec`. */
export function checkPushLimit({ pushLimit }: GitStoreSpec, { url }: GitTarget): PushLimit | undefined {
  const isGitHub = /^(?:[a-z]+:\/\/)?(?:[^@/]+@)?(?:ssh\.)?github\.com[:/]/iu.test(url);
  if (!pushLimit) return isGitHub ? GITHUB : undefined;
  const { perMinute, burst = 1 } = pushLimit;
  if (!(perMinute > 0) || !(burst >= 1)) refuse('pushLimit', 'perMinute must be more than 0, and burst at least 1');
  return { perMinute, burst };
}
