/** Address of a repository as a page would open it, and as what kind of host it is known. */
interface WebRepository {
  base: string;
  host: string;
}

const cleanPath = (path: string) => path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
const SCP = /^(?:[^@/\s]+@)?([\w.-]+):(?!\/\/)(.+)$/;

/** The address without user, password, query and fragment; undefined where it is none. */
export function withoutCredentials(url: string | undefined): string | undefined {
  if (!url) return undefined;
  if (!url.includes('://')) return SCP.test(url) ? url.replace(/^[^@/\s]+@/, 'git@') : url.replace(/^[^/]*@/, '');
  try {
    const parsed = new URL(url);
    // ssh is entered under a name that everybody knows; nothing else there is anybody's.
    parsed.username = parsed.protocol === 'ssh:' && parsed.username ? 'git' : '';
    parsed.password = '';
    parsed.search = '';
    parsed.hash = '';
    return parsed.toString();
  } catch {
    return undefined;
  }
}

function webRepository(url: string): WebRepository | undefined {
  const scp = url.includes('://') ? null : SCP.exec(url);
  if (scp) return { host: scp[1].toLowerCase(), base: `https://${scp[1]}/${cleanPath(scp[2])}` };
  try {
    const parsed = new URL(url);
    const path = cleanPath(parsed.pathname);
    if (!path || !['https:', 'http:', 'ssh:'].includes(parsed.protocol)) return undefined;
    const origin = parsed.protocol === 'ssh:' ? `https://${parsed.hostname}` : parsed.origin;
    return { host: parsed.hostname.toLowerCase(), base: `${origin}/${path}` };
  } catch {
    return undefined;
  }
}

/** How hosts name the page of a commit, by a word in the host's name. */
const COMMIT_PATHS: [RegExp, string][] = [
  [/gitlab/, '/-/commit/'],
  [/bitbucket/, '/commits/'],
  [/github|gitea|forgejo|codeberg/, '/commit/'],
];

/** The page of a commit, where the repository's host is one whose pages are known; never with credentials. */
export function commitUrl(repository: string | undefined, commit: string | undefined): string | undefined {
  const web = repository ? webRepository(repository) : undefined;
  if (!web || !commit || !/^[0-9a-f]{7,64}$/.test(commit)) return undefined;
  const path = COMMIT_PATHS.find(([host]) => host.test(web.host))?.[1];
  return path && `${web.base}${path}${commit}`;
}
