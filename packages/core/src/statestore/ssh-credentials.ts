import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitCredentials, Secret } from './credentials';
import { secretLines, sshPrivateKey, tidyLines } from './private-key';
import { StoreError } from './store';

/** ssh replaces `%h` and the like in file names. */
const literal = (path: string) => path.replace(/%/gu, '%%');
const quoted = (text: string) => `'${text.replace(/'/gu, "'\\''")}'`;

/** Signs in with a key to a host that is known. Source: B-SS-48. */
export function sshCredentials(secret: Secret, name: string): GitCredentials {
  const missing = ['sshPrivateKey', 'knownHosts'].find(each => !secret[each]?.trim());
  if (missing) throw new StoreError('InvalidSpec', `Secret of store "${name}" has no key "${missing}"; authMethod ssh needs "sshPrivateKey" and "knownHosts"`);
  const key = sshPrivateKey(secret.sshPrivateKey ?? '', name, 'sshPrivateKey');
  const hosts = tidyLines(secret.knownHosts ?? '');
  return {
    secrets: () => secretLines(key),
    async use(folder, command) {
      const keys = join(folder, 'ssh');
      await mkdir(keys, { recursive: true, mode: 0o700 });
      const [keyFile, hostsFile] = [join(keys, 'key'), join(keys, 'known_hosts')];
      await Promise.all([writeFile(keyFile, key, { mode: 0o600 }), writeFile(hostsFile, hosts, { mode: 0o600 })]);
      const options = [
        'BatchMode=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile="${literal(hostsFile)}"`, 'GlobalKnownHostsFile=/dev/null',
        'IdentitiesOnly=yes', 'IdentityAgent=none', 'PasswordAuthentication=no', 'KbdInteractiveAuthentication=no',
        'UpdateHostKeys=no', 'ConnectTimeout=15', 'ServerAliveInterval=15', 'ServerAliveCountMax=2', 'LogLevel=ERROR',
      ];
      const ssh = `ssh -F /dev/null -i ${quoted(literal(keyFile))} ${options.map(option => `-o ${quoted(option)}`).join(' ')}`;
      try {
        return await command({ config: {}, variables: { GIT_SSH_COMMAND: ssh, GIT_SSH_VARIANT: 'ssh' } });
      } finally {
        await rm(keys, { recursive: true, force: true });
      }
    },
  };
}
