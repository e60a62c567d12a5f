import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commit } from './fast-import';
import type { GitEnvironment, GitResult } from './git-process';
import { sshPrivateKey } from './private-key';
import { StoreError } from './store';

/** Runs git on the local copy, with what it is to read. */
export type RunLocally = (args: string[], input: string, environment: GitEnvironment) => Promise<GitResult>;

/** The key that commits are signed with, from key `signingKey` of a store's Secret; undefined where it has none. Throws StoreError `InvalidSpec`. */
export function signingKeyOf(secret: Readonly<Record<string, string>> | undefined, store: string): string | undefined {
  return secret?.signingKey?.trim() ? sshPrivateKey(secret.signingKey, store, 'signingKey') : undefined;
}

/** `Name <email>` as variables of git, for author and committer. */
export function identityVariables(author: string, seconds: number): Record<string, string> {
  const [, name = 'kratix', email = ''] = /^(.*) <(.*)>$/u.exec(author) ?? [];
  return Object.fromEntries(['AUTHOR', 'COMMITTER'].flatMap(who => [[`GIT_${who}_NAME`, name], [`GIT_${who}_EMAIL`, email], [`GIT_${who}_DATE`, `@${seconds} +0000`]]));
}

/**
 * Makes commits once more, each on the one before, signed with an SSH key; the key is in a file of `folder` only meanwhile.
 * Gives back their ids. Throws StoreError `LocalFault` with git's words.
 */
export async function signCommits(key: string, folder: string, parent: string | undefined, commits: ReadonlyArray<Commit & { tree: string }>, run: RunLocally): Promise<string[]> {
  const keys = join(folder, 'signing');
  await mkdir(keys, { recursive: true, mode: 0o700 });
  const file = join(keys, 'key');
  await writeFile(file, key, { mode: 0o600 });
  try {
    const ids: string[] = [];
    for (const { tree, author, time, message } of commits) {
      const base = ids.at(-1) ?? parent;
      const args = ['commit-tree', '-S', ...(base === undefined ? [] : ['-p', base]), '-F', '-', tree];
      const result = await run(args, message, { config: { 'gpg.format': 'ssh', 'user.signingKey': file }, variables: identityVariables(author, time) });
      if (result.code !== 0) throw new StoreError('LocalFault', `a commit cannot be signed: ${result.stderr.trim()}; is the program "ssh-keygen" (OpenSSH 8.1 or later) installed where the engine runs?`);
      ids.push(result.stdout.trim());
    }
    return ids;
  } finally {
    await rm(keys, { recursive: true, force: true });
  }
}
