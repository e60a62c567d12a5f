// Bundles the helper into one file that needs nothing but Node: dist/pipeline-adapter.mjs, or the file that is named.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Writes the bundle and gives back its path. */
export async function buildAdapter(outfile = `${here}dist/pipeline-adapter.mjs`) {
  await build({
    entryPoints: [`${here}src/main.ts`],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    legalComments: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await buildAdapter(process.argv[2]));
