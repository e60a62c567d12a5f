import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '../types';
import { rootTable, scratchTable, type Bundle } from './bundle';
import type { SetupFiles } from './scripts';

/** The kernel's list of folders knows no way to write these. */
const UNSPEAKABLE = /[,:\\"]/;

export interface Setup {
  /** What the program's side of the set-up reads. */
  program: string;
  script: (files: Omit<SetupFiles, 'procs'>) => string;
  table: { readOnlyRoot: boolean; proc: boolean; protectProc: boolean };
}

/** Writes the tables and scripts that put a bundle together; returns the path of the script to run. */
export function writeSetup(bundle: Bundle, setup: Setup): string {
  const unspeakable = [bundle.dir, ...bundle.lower].find(folder => UNSPEAKABLE.test(folder));
  if (unspeakable) {
    throw new StartError(`the folder ${unspeakable} holds a comma, colon, quote or backslash in its path, which overlay file systems cannot take; choose another data folder`);
  }
  const files = {
    scratchTable: path.join(bundle.dir, 'scratch.fstab'),
    rootTable: path.join(bundle.dir, 'root.fstab'),
    program: path.join(bundle.dir, 'program'),
    scratch: bundle.scratch,
    root: bundle.root,
  };
  const script = path.join(bundle.dir, 'setup.sh');
  writeFileSync(files.scratchTable, scratchTable(bundle));
  writeFileSync(files.rootTable, rootTable(bundle, setup.table));
  writeFileSync(files.program, setup.program);
  // Opened again by the container's own user, who cannot reach the folder that it stands in.
  chmodSync(files.program, 0o644);
  writeFileSync(script, setup.script(files));
  return script;
}
