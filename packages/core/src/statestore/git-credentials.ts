import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitEnvironment } from './git-process';
import type { GitTarget } from './git-spec';
import { StoreError } from './store';

type Secret = Readonly<Record<string, string>>;

/** How one store proves who it is. */
export interface GitCredentials {
  /** Texts that must never be seen in a message. */
  secrets: string[];
  /** Runs a command with what it needs to sign in; key files are there only meanwhile, readable by this user alone. */
  use<T>(folder: string, command: (environment: GitEnvironment) => Promise<T>): Promise<T>;
}

const refuse = (problem: string): never => {
  throw new StoreError('InvalidSpec', problem);
};

const PROTOCOLS: Record<GitTarget['transport'], string> = { https: 'https', http: 'http', ssh: 'ssh', file: 'file' };

function webUser(secret: Secret, url: string): string {
  const host = new URL(url).hostname;
  const fallback = host.includes('github') ? 'x-access-token' : 'git';
  return (secret.username ?? '').trim() || (host.includes('gitlab') && secret.token ? 'oauth2' : fallback);
}

/** Sends the credentials with the first request already, in a header that only this store's server gets. */
function webCredentials(secret: Secret, target: GitTarget, name: string): GitCredentials {
  const password = (secret.password ?? secret.token ?? '').trim();
  const user = webUser(secret, target.url);
  if ((secret.username ?? '').trim() !== '' && password === '') refuse(`Secret of store "${name}" has a username and neither "password" nor "token"; add one of them`);
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/u.test(user + password) || user.includes(':')) refuse(`Secret of store "${name}": username or password holds a control character, or the username a colon`);
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  const header = password === '' ? {} : { [`http.${new URL(target.url).origin}/.extraHeader`]: `Authorization: Basic ${basic}` };
  const ca = secret.caFile?.trim();
  if (ca && !ca.includes('-----BEGIN CERTIFICATE-----')) refuse(`Secret of store "${name}", key "caFile" is not a certificate in PEM form`);
  return {
    secrets: password === '' ? [] : [basic, password],
    async use(folder, command) {
      if (!ca) return command({ config: header, variables: {} });
      const file = join(folder, 'ca.pem');
      await writeFile(file, `${ca}\n`, { mode: 0o600 });
      return command({ config: { ...header, 'http.sslCAInfo': file }, variables: {} });
    },
  };
}

function checkKey(key: string, name: string): void {
  const where = `Secret of store "${name}", key "sshPrivateKey"`;
  if (!/^-----BEGIN [A-Z ]*PRIVATE KEY-----/u.test(key)) refuse(`${where} is not a private key in PEM or OpenSSH form`);
  const cipher = /BEGIN OPENSSH/u.test(key)
    ? Buffer.from(key.replace(/-----[^-]+-----|\s/gu, ''), 'base64').subarray(19, 23).toString()
    : 'none';
  if (cipher !== 'none' || /ENCRYPTED/u.test(key)) refuse(`${where} needs a passphrase; use a key without one`);
}

/** ssh replaces `%h` and the like in file names. */
const literal = (path: string) => path.replace(/%/gu, '%%');
const quoted = (text: string) => `'${text.replace(/'/gu, "'\\''")}'`;

function sshCredentials(secret: Secret, name: string): GitCredentials {
  const missing = ['sshPrivateKey', 'knownHosts'].find(key => !secret[key]?.trim());
  if (missing) refuse(`Secret of store "${name}" has no key "${missing}"; authMethod ssh needs "sshPrivateKey" and "knownHosts"`);
  const key = `${(secret.sshPrivateKey ?? '').replace(/\r\n?/gu, '\n').trim()}\n`;
  const hosts = `${(secret.knownHosts ?? '').replace(/\r\n?/gu, '\n').trim()}\n`;
  checkKey(key, name);
  return {
    secrets: key.split('\n').filter(line => line.length > 20 && !line.startsWith('-----')),
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

function credentialsFor(target: GitTarget, authMethod: string, secret: Secret, name: string): GitCredentials {
  if (target.transport === 'file') return { secrets: [], use: (_, command) => command({ config: {}, variables: {} }) };
  if (authMethod === 'ssh') return sshCredentials(secret, name);
  if (authMethod === 'basicAuth') return webCredentials(secret, target, name);
  return refuse(`spec.authMethod: ${JSON.stringify(authMethod)} is not one of basicAuth, ssh`);
}

/** Reads a store's Secret. Throws StoreError `InvalidSpec` naming the key that is missing or wrong, never its value. */
export function gitCredentials(target: GitTarget, authMethod: string, secret: Secret, name: string): GitCredentials {
  const credentials = credentialsFor(target, authMethod, secret, name);
  return {
    ...credentials,
    use: (folder, command) =>
      credentials.use(folder, ({ config, variables }) =>
        command({ config, variables: { ...variables, GIT_ALLOW_PROTOCOL: PROTOCOLS[target.transport] } })),
  };
}
