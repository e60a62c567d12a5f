// Run by Node 24 with the packages installed: `node scripts/lib/gallery.mjs FOLDER` makes static pages of the plugin's dev
// app, for tests and benchmarks that need no cluster. Any path answers with index.html.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { at } from './paths.mjs';

/** esbuild gives what is imported on demand from CommonJS as one default; the dev app asks for `createRoot` by name. */
const namedRoot = {
  name: 'named-root',
  setup(api) {
    api.onResolve({ filter: /^react-dom\/client$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: 'client', namespace: 'named-root' } : undefined,
    );
    api.onLoad({ filter: /.*/, namespace: 'named-root' }, () => ({
      contents: "export { createRoot } from 'react-dom/client';",
      resolveDir: at('plugins/kratix-frontend'),
    }));
  },
};

const out = resolve(process.argv[2] ?? at('.cache', 'gallery'));
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const { metafile } = await build({
  entryPoints: [at('plugins/kratix-frontend/dev/index.tsx')],
  outdir: out,
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  jsx: 'automatic',
  target: 'es2022',
  logLevel: 'error',
  legalComments: 'none',
  metafile: true,
  loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff2': 'dataurl', '.woff': 'dataurl', '.ttf': 'dataurl' },
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.HAS_REACT_DOM_CLIENT': 'true',
    'process.env.APP_CONFIG': '[]',
    'process.env': '{}',
    global: 'globalThis',
  },
  plugins: [namedRoot],
});

/** Styles of parts that load on demand are not loaded with them, so the page has all; the kit's own come first. */
const names = Object.keys(metafile.outputs).map(file => basename(file));
const styles = names.filter(name => name.endsWith('.css')).sort((a, b) => Number(b.startsWith('BuiCss')) - Number(a.startsWith('BuiCss')));
const config = [{ context: 'gallery', data: { app: { title: 'kratix-ts', baseUrl: 'http://localhost' }, backend: { baseUrl: 'http://localhost' } } }];
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kratix-ts</title>
${styles.map(name => `<link rel="stylesheet" href="/${name}">`).join('\n')}
<script type="backstage.io/config">${JSON.stringify(config)}</script>
</head>
<body><div id="root"></div><script type="module" src="/index.js"></script></body>
</html>
`;
writeFileSync(join(out, 'index.html'), page);
writeFileSync(join(out, 'meta.json'), JSON.stringify(metafile));
