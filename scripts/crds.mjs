// Writes deploy/crds from the zod schemas of packages/core, or with --check says whether it is up to date.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, '.cache', 'crds.mjs');
mkdirSync(dirname(bundle), { recursive: true });
await build({
  stdin: { contents: `export { crds } from './packages/core/src/api/crds'; export { toYaml } from './packages/core/src/kube/yaml';`, resolveDir: root, loader: 'ts' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile: bundle,
  logLevel: 'error',
});
const { crds, toYaml } = await import(`${pathToFileURL(bundle)}?${Date.now()}`);
const folder = join(root, 'deploy', 'crds');
mkdirSync(folder, { recursive: true });
let stale = 0;
for (const crd of crds()) {
  const file = join(folder, `${crd.spec.group}_${crd.spec.names.plural}.yaml`);
  const text = toYaml(crd);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (before === text) continue;
  stale += 1;
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else console.error(`${file} does not match packages/core/src/api; run: node scripts/crds.mjs`);
}
process.exitCode = process.argv.includes('--check') && stale ? 1 : 0;
