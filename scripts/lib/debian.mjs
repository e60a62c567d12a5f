// Debian packages unpacked into a folder, by the machine's own apt and dpkg: nothing is installed, no maintainer script runs.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from './exec.mjs';
import { Failure } from './launch.mjs';
import { lastLines } from './mend.mjs';

/** Only what maintainer scripts, manuals or subcommands that we never call ask for. */
const notNeeded = new Set([
  ...['adduser', 'debconf', 'debconf-2.0', 'debianutils', 'dpkg', 'openssl', 'passwd'],
  ...['git-man', 'liberror-perl', 'perl', 'gcc-12-base', 'gcc-14-base'],
]);

/** What none of our programs reads or runs. */
const useless = [
  ...['bash-completion', 'doc', 'gcc', 'gdb', 'gitweb', 'info', 'lintian', 'locale', 'man', 'perl5'].map(name => `usr/share/${name}`),
  ...['daemon', 'http-backend', 'http-fetch', 'http-push', 'imap-send', 'sh-i18n--envsubst', 'shell'].map(name => `usr/lib/git-core/git-${name}`),
  ...['git-shell', 'scalar', 'scp', 'sftp', 'ssh-add', 'ssh-agent', 'ssh-argv0', 'ssh-copy-id', 'ssh-keyscan'].map(name => `usr/bin/${name}`),
  ...['etc/cron.daily', 'usr/lib/git-core/scalar', 'usr/lib/openssh', 'var'],
];

async function run(program, args, options) {
  const result = await exec(program, args, options);
  if (result.code !== 0) throw new Failure(`${program} ${args.slice(0, 3).join(' ')} … failed:\n${lastLines(result.output, 15)}`);
  return result.output;
}

/** Throws a sentence where this machine has no Debian tools. */
export async function requireDebian() {
  for (const [program, args] of [
    ['apt-get', ['--version']],
    ['dpkg-deb', ['--version']],
  ]) {
    if ((await exec(program, args)).code === 127) {
      throw new Failure(`There is no ${program} here. The images are made of Debian's packages: run this on Debian or Ubuntu, or build with deploy/docker.`);
    }
  }
}

/** What a package's candidate version depends on, alternatives left to the first. */
async function dependenciesOf(name) {
  const output = await run('apt-cache', ['show', '--no-all-versions', name]);
  const fields = ['Pre-Depends', 'Depends'].map(field => new RegExp(`^${field}: (.*)$`, 'm').exec(output)?.[1] ?? '');
  return fields
    .flatMap(text => text.split(','))
    .map(each => each.split('|')[0].replace(/\(.*/, '').replace(/:\w+/, '').trim())
    .filter(each => each && !notNeeded.has(each));
}

/** The packages and all that they need, sorted by name. */
export async function closureOf(names) {
  const found = new Set();
  const open = [...names];
  for (let name = open.pop(); name; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...(await dependenciesOf(name)));
  }
  return [...found].sort();
}

/** Fetches the packages, which apt checks, and unpacks them into the folder `root`. */
export async function unpackPackages(names, root) {
  const folder = mkdtempSync(join(tmpdir(), 'packages-'));
  try {
    // fetched as whoever runs this: the account that apt would change to may not write here
    await run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', ...names], { cwd: folder });
    for (const file of readdirSync(folder).sort()) await run('dpkg-deb', ['--extract', join(folder, file), root]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes away what no program of ours reads or runs. */
export function prune(root) {
  for (const path of useless) rmSync(join(root, path), { recursive: true, force: true });
  const libraries = join(root, 'usr/lib');
  for (const name of existsSync(libraries) ? readdirSync(libraries) : []) rmSync(join(libraries, name, 'gconv'), { recursive: true, force: true });
}
