/** Which paths may stand in a Work and in a state store. One rule for the helper that reads them and the writer that stores them. */

const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 3000;

// Code points that HFS+ ignores in names, so that ".g<U+200C>it" is ".git" there.
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;
const GIT_OWN_NAME = /^(\.git|\.gitmodules|\.gitattributes|git~\d+|gitmod~\d+|gitatt~\d+)$/;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;

/** Two paths with the same fold are one file on a system that ignores case or Unicode form. */
const fold = (path: string) => path.normalize('NFC').toLowerCase();

/** True for what git, on any file system, might take for its own files: `.git`, `.GIT `, `git~1`, `.git::$INDEX_ALLOCATION`, `.gitmodules`. */
export function isGitOwnName(name: string): boolean {
  const plain = name.replace(HFS_IGNORED, '').normalize('NFC').toLowerCase().replace(/:.*$/u, '').replace(/[. ]+$/u, '');
  return GIT_OWN_NAME.test(plain);
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'has an empty component';
  if (name === '.' || name === '..') return `has the component "${name}"`;
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `has a name of more than ${MAX_NAME_BYTES} bytes`;
  if (isGitOwnName(name)) return `holds ${JSON.stringify(name)}, a name that git keeps for itself`;
  return undefined;
}

/** Why this relative, slash-separated path is refused, as the end of a sentence that begins with the path; undefined for a good one. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.startsWith('/') || /^[a-z]:/iu.test(path)) return 'is absolute';
  if (CONTROL.test(path)) return 'holds a control character';
  if (/\p{Surrogate}/u.test(path) || path.includes('\ufffd')) return 'is not valid UTF-8';
  if (path.includes('\\')) return 'holds a backslash';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `has more than ${MAX_PATH_BYTES} bytes`;
  for (const name of path.split('/')) {
    const problem = nameProblem(name);
    if (problem) return problem;
  }
  return undefined;
}

/**
 * Why these paths cannot stand side by side: one of them is bad, occurs twice, is both file and directory, or differs
 * from another only in case or Unicode form. The sentence names the paths. Undefined when all is well.
 */
export function pathSetProblem(paths: Iterable<string>): string | undefined {
  const seen = new Map<string, { spelling: string; isFile: boolean }>();
  for (const path of paths) {
    const problem = pathProblem(path) ? `${JSON.stringify(path)} ${pathProblem(path)}` : clash(path, seen);
    if (problem) return problem;
  }
  return undefined;
}

function clash(path: string, seen: Map<string, { spelling: string; isFile: boolean }>): string | undefined {
  for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
    const isFile = end < 0;
    const spelling = isFile ? path : path.slice(0, end);
    const key = fold(spelling);
    const known = seen.get(key);
    if (!known) seen.set(key, { spelling, isFile });
    else if (known.spelling !== spelling) {
      return `${JSON.stringify(known.spelling)} and ${JSON.stringify(spelling)} differ only in case or Unicode form`;
    } else if (known.isFile && isFile) return `${JSON.stringify(path)} occurs twice`;
    else if (known.isFile || isFile) return `${JSON.stringify(spelling)} is both a file and a directory`;
    if (isFile) return undefined;
  }
}
