import { join } from 'node:path';
import { measureDemo } from './demo';
import { measureEngine } from './engine';
import { measureApi } from './api';
import { report } from './table';

async function main() {
  const helper = join(process.cwd(), 'packages/pipeline-adapter/dist/pipeline-adapter.mjs');
  const rows = await measureEngine(helper);
  rows.push(await measureApi());
  rows.push(...(await measureDemo()));
  report('line', rows);
}

main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
