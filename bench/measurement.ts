import type { Row } from './table';

/** A group of figures that are measured together. */
export interface Measurement {
  ids: string[];
  /** Why it cannot be measured here and now; then its rows are skipped, visibly. */
  missing(): string | undefined;
  /** Those of its rows that were chosen; without a choice, all. */
  measure(chosen: readonly string[]): Promise<Row[]>;
}

/** Measures one after the other. What cannot be measured is said on stderr; what fails becomes rows that are not ok. */
export async function measureAll(measurements: Measurement[], chosen: readonly string[] = []): Promise<Row[]> {
  const rows: Row[] = [];
  for (const measurement of measurements) {
    const why = measurement.missing();
    if (why) process.stderr.write(`Skipped ${measurement.ids.join(', ')}: ${why}\n`);
    else rows.push(...(await measurement.measure(chosen).catch(error => failed(measurement, error))));
  }
  return rows;
}

function failed({ ids }: Measurement, error: unknown): Row[] {
  process.stderr.write(`${ids.join(', ')}: ${error instanceof Error ? error.stack : String(error)}\n`);
  return ids.map(id => ({ id, what: 'could not be measured', value: Number.NaN, unit: '', aim: '', ok: false }));
}
