import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitCredentials, Secret } from './credentials';
import type { GitEnvironment } from './git-process';
import type { GitStoreSpec, GitTarget } from './git-spec';
import { gitHubApp, InstallationTokens } from './github-app';
import { sshCredentials } from './ssh-credentials';
import { StoreError } from './store';

/** What credentials are made from. */
export interface CredentialSource {
  /** Name of the store, for messages. */
  name: string;
  spec: GitStoreSpec;
  target: GitTarget;
  /** Undefined when the store names no Secret. */
  secret: Secret | undefined;
  /** Milliseconds since 1970. */
  now: () => number;
}

const refuse = (problem: string): never => {
  throw new StoreError('InvalidSpec', problem);
};

const PROTOCOLS: Record<GitTarget['transport'], string> = { https: 'https', http: 'http', ssh: 'ssh', file: 'file' };

function webUser(secret: Secret, url: string): string {
  const given = (secret.username ?? '').trim();
  if (given) return given;
  if (url.includes('github')) return 'x-access-token';
  return new URL(url).hostname.includes('gitlab') && secret.token ? 'oauth2' : 'git';
}

const basicOf = (user: string, password: string) => Buffer.from(`${user}:${password}`).toString('base64');

/** Sends the credentials with the first request already, in a header that only this store's server gets. */
async function withHeader<T>(target: GitTarget, basic: string | undefined, ca: string | undefined, folder: string, command: (environment: GitEnvironment) => Promise<T>): Promise<T> {
  const header = basic === undefined ? {} : { [`http.${new URL(target.url).origin}/.extraHeader`]: `Authorization: Basic ${basic}` };
  if (!ca) return command({ config: header, variables: {} });
  const file = join(folder, 'ca.pem');
  await writeFile(file, `${ca}\n`, { mode: 0o600 });
  return command({ config: { ...header, 'http.sslCAInfo': file }, variables: {} });
}

function caOf(secret: Secret, name: string): string | undefined {
  const ca = secret.caFile?.trim();
  if (ca && !ca.includes('-----BEGIN CERTIFICATE-----')) refuse(`Secret of store "${name}", key "caFile" is not a certificate in PEM form`);
  return ca;
}

/** Source: B-SS-47. Without a Secret the server is asked without credentials, and says itself when it wants some. */
function webCredentials({ secret, spec, target, name }: CredentialSource): GitCredentials {
  if (!secret) {
    const mend = 'spec.secretRef is missing; name a Secret with keys "username" and "password", or "token"';
    return { secrets: () => [], mend, use: (folder, command) => withHeader(target, undefined, undefined, folder, command) };
  }
  const password = (secret.password ?? secret.token ?? '').trim();
  const user = webUser(secret, target.url);
  if (password === '') refuse(`password not found in secret ${spec.secretRef?.namespace ?? 'default'}/${spec.secretRef?.name ?? name}; add key "password" or "token"`);
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/u.test(user + password) || user.includes(':')) refuse(`Secret of store "${name}": username or password holds a control character, or the username a colon`);
  const basic = basicOf(user, password);
  const ca = caOf(secret, name);
  return { secrets: () => [basic, password], use: (folder, command) => withHeader(target, basic, ca, folder, command) };
}

/** Signs in as a GitHub App, with tokens that are made anew before they end. Source: B-SS-49. */
function appCredentials({ secret = {}, target, name, now }: CredentialSource): GitCredentials {
  const tokens = new InstallationTokens(gitHubApp(secret, target, name, now));
  const ca = caOf(secret, name);
  const basic = (token: string) => basicOf('x-access-token', token);
  return {
    secrets: () => (tokens.last ? [tokens.last, basic(tokens.last)] : []),
    use: async (folder, command) => withHeader(target, basic(await tokens.get()), ca, folder, command),
    refused: () => tokens.forget(),
  };
}

function credentialsFor(source: CredentialSource): GitCredentials {
  const { target, spec, secret, name } = source;
  const { authMethod = 'basicAuth' } = spec;
  if (target.transport === 'file') return { secrets: () => [], use: (_, command) => command({ config: {}, variables: {} }) };
  if (authMethod === 'basicAuth') return webCredentials(source);
  if (authMethod !== 'ssh' && authMethod !== 'githubApp') return refuse(`spec.authMethod: ${JSON.stringify(authMethod)} is not one of basicAuth, ssh, githubApp`);
  if (!secret) return refuse(`spec.secretRef: is missing; authMethod ${authMethod} needs a Secret`);
  return authMethod === 'ssh' ? sshCredentials(secret, name) : appCredentials(source);
}

/** Reads a store's Secret. Throws StoreError `InvalidSpec` naming the key that is missing or wrong, never its value. */
export function gitCredentials(source: CredentialSource): GitCredentials {
  const credentials = credentialsFor(source);
  return {
    ...credentials,
    use: (folder, command) =>
      credentials.use(folder, ({ config, variables }) =>
        command({ config, variables: { ...variables, GIT_ALLOW_PROTOCOL: PROTOCOLS[source.target.transport] } })),
  };
}
