import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type OutputFile, type Metafile } from 'esbuild';
import { atMost, type Row } from './table';

/** What an app has anyway, and every plugin shares. */
const shared = ['react', 'react-dom', 'react-router-dom', '@backstage/*'];

/** The plugin's own JavaScript that a request's page needs at first: its extensions and cards, not what opens on demand. */
export async function measureBundle(): Promise<Row> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: process.cwd(),
    entryPoints: ['plugins/kratix-frontend/src/index.ts'],
    outdir: join(process.cwd(), '.cache', 'bench-ui'),
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    jsx: 'automatic',
    target: 'es2022',
    external: shared,
    metafile: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.json': 'json' },
  });
  const first = ['plugins/kratix-frontend/src/index.ts', 'plugins/kratix-frontend/src/extensions.tsx'];
  const bytes = [...loadedBy(first, metafile)].reduce((sum, file) => sum + gzipped(file, outputFiles), 0);
  return atMost('js', 'own JavaScript on first load of a request’s page, gzip', bytes / 1_000, 'kB', 150);
}

/** The files of entry points and of everything that they import without being asked. */
function loadedBy(entries: string[], { outputs }: Metafile): Set<string> {
  const open = Object.keys(outputs).filter(file => entries.includes(outputs[file].entryPoint ?? ''));
  if (open.length < entries.length) throw new Error(`The bundle lacks one of ${entries.join(', ')}`);
  const loaded = new Set<string>();
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (loaded.has(file)) continue;
    loaded.add(file);
    open.push(...outputs[file].imports.filter(({ kind, external }) => kind === 'import-statement' && !external).map(({ path }) => path));
  }
  return loaded;
}

function gzipped(file: string, files: OutputFile[]): number {
  const found = files.find(({ path }) => path.endsWith(`/${file}`));
  return found && file.endsWith('.js') ? gzipSync(found.contents).length : 0;
}
