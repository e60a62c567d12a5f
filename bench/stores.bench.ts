import { measureGit } from './stores/git';
import { report } from './table';

async function main() {
  report('stores', await measureGit(process.argv.slice(2)));
}

main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
