import { lab } from './lab';
import { measureAll, type Measurement } from './measurement';
import { report } from './table';

/** Each adds its rows to one table. */
const measurements: Measurement[] = [lab];

measureAll(measurements).then(
  rows => report('engine', rows),
  error => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  },
);
