import { basename } from 'node:path';
import { exec } from './exec.mjs';

/** How to call the npm that belongs to this user: the one that runs us, else the one on PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running && /^npm(-cli)?\.(c?js)$/.test(basename(running))) return [process.execPath, [running]];
  return ['npm', []];
}

export function npm(args, options = {}) {
  const [command, first] = npmCommand();
  return exec(command, [...first, ...args], options);
}

/**
 * What the user's npm knows of the way to the registry, in yarn's words. Handed over at run time only, never written down.
 * What the user set for yarn already wins.
 */
export async function registryEnvironment() {
  const { code, output } = await npm(['config', 'get', 'registry', 'https-proxy', 'cafile', '--loglevel=error']);
  const of = name => {
    const value = new RegExp(`^${name}=(.*)$`, 'm').exec(output)?.[1]?.trim();
    return value && value !== 'null' && value !== 'undefined' ? value : undefined;
  };
  const registry = code === 0 ? of('registry') : undefined;
  const wanted = {
    YARN_NPM_REGISTRY_SERVER: registry?.replace(/\/$/, ''),
    YARN_HTTPS_PROXY: of('https-proxy'),
    YARN_HTTPS_CA_FILE_PATH: of('cafile'),
    YARN_UNSAFE_HTTP_WHITELIST: registry?.startsWith('http:') ? new URL(registry).hostname : undefined,
  };
  const env = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value && !process.env[name]));
  return { registry, env };
}
