import { execFileSync } from 'node:child_process';

const git = (repository: string, ...args: string[]) =>
  execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Paths of all files on a branch of a bare repository; none when there is no commit yet. */
export function filesIn(repository: string, branch = 'main'): string[] {
  try {
    return git(repository, 'ls-tree', '-r', '--name-only', branch).split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

export const fileIn = (repository: string, path: string, branch = 'main') =>
  git(repository, 'show', `${branch}:${path}`);
