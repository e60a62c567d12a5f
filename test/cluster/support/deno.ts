import { createRequire } from 'node:module';
import { join } from 'node:path';

const packages: Partial<Record<string, string>> = {
  'linux-x64': '@deno/linux-x64-glibc',
  'linux-arm64': '@deno/linux-arm64-glibc',
  'darwin-x64': '@deno/darwin-x64',
  'darwin-arm64': '@deno/darwin-arm64',
};

/** How a program is run by Deno, without its own network for code; undefined where the package brings no Deno for this machine. */
export function denoCommand(): string[] | undefined {
  const name = packages[`${process.platform}-${process.arch}`];
  try {
    const manifest = createRequire(__filename).resolve(`${name}/package.json`);
    return [join(manifest, '../deno'), 'run', '--allow-all', '--no-remote', '--no-prompt'];
  } catch {
    return undefined;
  }
}
