// What is outside the packages: scripts, suites, benchmarks. Each package has the configuration of Backstage's CLI.
module.exports = {
  root: true,
  ignorePatterns: ['node_modules', 'dist', '.cache', '.data*', 'bench/results', 'e2e/screenshots'],
  env: { node: true, es2024: true },
  parserOptions: { ecmaVersion: 2024, sourceType: 'module' },
  extends: ['eslint:recommended', 'prettier'],
  rules: { 'no-console': 'off', eqeqeq: 'error', 'prefer-const': 'error', 'no-var': 'error' },
  overrides: [
    { files: ['**/*.cjs', '**/jest.config.js'], parserOptions: { sourceType: 'script' } },
    {
      files: ['**/*.ts'],
      parser: '@typescript-eslint/parser',
      plugins: ['@typescript-eslint'],
      env: { jest: true },
      extends: ['plugin:@typescript-eslint/recommended', 'prettier'],
      rules: {
        '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
        '@typescript-eslint/no-non-null-assertion': 'off',
      },
    },
  ],
};
