import { control, settled } from './embedded/rows';
import { playRole } from './embedded/roles';
import { lab } from './lab';
import { measureAll, type Measurement } from './measurement';
import { report } from './table';

/** Each adds its rows to one table; ids as arguments choose some of them. */
const measurements: Measurement[] = [control, settled, ...lab];

async function main() {
  if (await playRole(process.argv.slice(2))) return;
  const chosen = process.argv.slice(2);
  report('engine', await measureAll(measurements.filter(({ ids }) => chosen.length === 0 || ids.some(id => chosen.includes(id))), chosen));
}

main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
