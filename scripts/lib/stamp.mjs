import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './paths.mjs';

const ignored = /(^|\/)(node_modules|dist|dist-types|coverage|__fixtures__)$|\.test\.tsx?$/;

/** All files below the given paths (files or folders), sorted; tests and build results left out. */
export function filesOf(paths) {
  const found = [];
  const visit = path => {
    if (!existsSync(path) || ignored.test(path)) return;
    if (statSync(path).isDirectory()) readdirSync(path).forEach(entry => visit(join(path, entry)));
    else found.push(path);
  };
  paths.forEach(visit);
  return found.sort();
}

/** A digest of names and contents. What is missing counts as missing. */
export function digestOf(paths, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const file of filesOf(paths)) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

export const readStamp = file => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

export function writeStamp(file, digest) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, digest);
}
