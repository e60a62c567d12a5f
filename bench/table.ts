import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One figure of a benchmark. */
export interface Row {
  id: string;
  what: string;
  value: number;
  unit: string;
  aim: string;
  ok: boolean;
}

export function atMost(id: string, what: string, value: number, unit: string, aim: number): Row {
  return { id, what, value: round(value), unit, aim: `≤ ${aim}`, ok: value <= aim };
}

export function atLeast(id: string, what: string, value: number, unit: string, aim: number): Row {
  return { id, what, value: round(value), unit, aim: `≥ ${aim}`, ok: value >= aim };
}

const round = (value: number) => Math.round(value * 100) / 100;

/** Prints the rows as a table and writes them to bench/results. */
export function report(name: string, rows: Row[]): void {
  const cells = [['id', 'what', 'value', 'unit', 'aim', 'ok'], ...rows.map(row => [row.id, row.what, String(row.value), row.unit, row.aim, row.ok ? 'yes' : 'no'])];
  const widths = cells[0].map((_, column) => Math.max(...cells.map(row => row[column].length)));
  for (const row of cells) process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}\n`);
  const folder = join(process.cwd(), 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(rows, undefined, 1)}\n`);
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
