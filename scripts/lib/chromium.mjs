import { existsSync, readFileSync } from 'node:fs';
import { exec } from './exec.mjs';

const present = () => [process.env.CHROMIUM, '/usr/bin/chromium'].find(path => path && existsSync(path));

const isDebian = () => {
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
};

/** The path of Chromium, installed by apt where this user may; else `{ missing }` says why there is none. */
export async function findChromium() {
  const found = present();
  if (found) return { path: found };
  if (process.env.CHROMIUM) return { missing: `there is no ${process.env.CHROMIUM}, which CHROMIUM names` };
  if (process.getuid?.() !== 0 || !isDebian()) {
    return { missing: 'there is no Chromium; install it, or name one in the variable CHROMIUM' };
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await exec('apt-get', ['update', '-q'], { env });
  await exec('apt-get', ['install', '-qy', '--no-install-recommends', 'chromium', 'fonts-liberation'], { env });
  const installed = present();
  return installed ? { path: installed } : { missing: 'Chromium is not there and apt could not install it' };
}
