// Run by Node 24 with the packages installed: `node scripts/lib/bundle.mjs cli|engine|backend|bench NAME`.
import { build } from 'esbuild';
import { at } from './paths.mjs';

/** Ours goes into the bundle; packages of others stay in node_modules, where Backstage looks for their files. */
const onlyOurs = {
  name: 'only-ours',
  setup(api) {
    api.onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === 'entry-point' || path.startsWith('@kratix-ts/') ? undefined : { path, external: true },
    );
  },
};

const common = {
  // its ES module build asks for gRPC in a way that no bundler sees
  alias: { '@opentelemetry/exporter-trace-otlp-grpc': at('node_modules/@opentelemetry/exporter-trace-otlp-grpc/dist/index.cjs') },
  bundle: true,
  platform: 'node',
  target: 'node24',
  sourcemap: 'linked',
  logLevel: 'error',
  legalComments: 'none',
};

/** CommonJS packages inside an ES module bundle still ask for these. */
const commonJsNames = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { dirname as __dirnameOf } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = __dirnameOf(__filename);',
].join('\n');

const bundles = {
  cli: {
    ...common,
    entryPoints: [at('packages/cli/src/main.ts')],
    outfile: at('packages/cli/dist/kratix-ts.mjs'),
    format: 'esm',
    banner: { js: commonJsNames },
  },
  engine: {
    ...common,
    entryPoints: { 'kratix-engine': at('packages/cli/src/engine-main.ts') },
    outdir: at('packages/cli/dist/engine'),
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    // what is imported on demand only is read from the disk on demand only
    splitting: true,
    minify: true,
    sourcemap: false,
    banner: { js: commonJsNames },
  },
  backend: {
    ...common,
    entryPoints: [at('packages/backend/src/index.ts')],
    outfile: at('packages/backend/dist/index.cjs'),
    format: 'cjs',
    plugins: [onlyOurs],
  },
};

const benchmark = name => ({
  ...common,
  entryPoints: [at('bench', `${name}.bench.ts`)],
  outfile: at('.cache', 'bench', `${name}.mjs`),
  format: 'esm',
  plugins: [onlyOurs],
  banner: { js: commonJsNames },
});

const [which, name] = process.argv.slice(2);
try {
  await build(which === 'bench' ? benchmark(name) : bundles[which]);
} catch {
  // esbuild has said what is wrong.
  process.exitCode = 1;
}
