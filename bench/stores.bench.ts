import { measureBucket } from './stores/bucket';
import { measureGit } from './stores/git';
import { report } from './table';

async function main() {
  const parts = process.argv.slice(2);
  const ofGit = parts.filter(part => part !== 'bucket');
  const git = parts.length === 0 || ofGit.length > 0 ? await measureGit(ofGit) : [];
  const bucket = parts.length === 0 || parts.includes('bucket') ? await measureBucket() : [];
  report('stores', [...git, ...bucket]);
}

main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
