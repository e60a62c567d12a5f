import { readFileSync } from 'node:fs';
import { exec } from './exec.mjs';
import { at } from './paths.mjs';

const longest = 500;
const sources = /\.(ts|tsx|mjs|cjs|js)$/;

async function sizes() {
  const { output } = await exec('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: at() });
  const files = output.split('\n').filter(file => sources.test(file) && !file.startsWith('.yarn/'));
  const lines = file => {
    try {
      return readFileSync(at(file), 'utf8').split('\n').length - 1;
    } catch {
      return 0;
    }
  };
  const long = files.filter(file => lines(file) > longest);
  return {
    code: long.length,
    output: long.map(file => `${file} has ${lines(file)} lines; split it (${longest} at most)`).join('\n'),
  };
}

const bin = (...parts) => at('node_modules', ...parts);

/** Each rule of form, by name; resolves with what is wrong, or nothing. */
const rules = {
  eslint: ({ node, env }) =>
    exec(
      node,
      [bin('@backstage', 'cli', 'bin', 'backstage-cli'), 'repo', 'lint', '--max-warnings', '0', '--format', 'stylish'],
      {
        cwd: at(),
        env,
      },
    ),
  'eslint outside the packages': ({ node, env }) =>
    exec(
      node,
      [
        bin('eslint', 'bin', 'eslint.js'),
        '--ext',
        'ts,mjs,cjs',
        '--max-warnings',
        '0',
        'scripts',
        'test',
        'e2e',
        'bench',
        '--no-error-on-unmatched-pattern',
      ],
      { cwd: at(), env },
    ),
  imports: ({ node, env }) =>
    exec(
      node,
      [
        bin('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'),
        '--config',
        '.dependency-cruiser.cjs',
        'packages',
        'plugins',
        'test',
        'e2e',
        'bench',
      ],
      { cwd: at(), env },
    ),
  'definitions in deploy/crds': ({ node, env }) => exec(node, [at('scripts', 'crds.mjs'), '--check'], { cwd: at(), env }),
  'length of files': sizes,
};

/** Runs all rules; resolves with the words of those that are broken. */
export async function lint({ node, env }) {
  const toolchain = { node, env: { ...env, FORCE_COLOR: '0' } };
  const broken = [];
  for (const [name, rule] of Object.entries(rules)) {
    const { code, output } = await rule(toolchain);
    if (code !== 0) broken.push(`${name}:\n${output.trim()}`);
  }
  return broken;
}

/** Checks the types of everything; resolves with what is wrong. */
export async function types({ node, env }) {
  const { code, output } = await exec(node, [bin('typescript', 'bin', 'tsc'), '--noEmit'], { cwd: at(), env });
  return code === 0 ? [] : [output.trim()];
}
