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
  /** The figure of Kratix itself, where one was measured on such a machine in another run. */
  beside?: string;
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
  const hasBeside = rows.some(({ beside }) => beside);
  const head = ['id', 'what', 'value', 'unit', 'aim', 'ok', ...(hasBeside ? ['upstream, other run'] : [])];
  const cells = [head, ...rows.map(row => [row.id, row.what, String(row.value), row.unit, row.aim, row.ok ? 'yes' : 'no', ...(hasBeside ? [row.beside ?? ''] : [])])];
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
