import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/* Every hazard that concerns the engine bears its number in the title of a test, or has a line in the README. */

const root = resolve(__dirname, '../..');
const IS_TEST = /\.(test|cluster|faults)\.ts$/;
const letters: [letter: string, last: number][] = [['A', 22], ['B', 43], ['C', 59], ['D', 76], ['E', 80], ['F', 84]];
const nameOf = (item: number) => `${letters.find(([, last]) => item <= last)?.[0]}${item}`;
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => nameOf(first + index));

function testFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (entry.name === 'node_modules' || entry.name.startsWith('dist')) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return IS_TEST.test(entry.name) && path !== __filename ? [path] : [];
  });
}

/** The numbers with which quoted texts of a test begin: titles, and the names of their cases. */
function claims(file: string): string[] {
  const titles = readFileSync(file, 'utf8').matchAll(/['"`]((?:[A-Z]+-?[A-Z]*-?\d+(?: to [A-Z-]+\d+)?, )*[A-Z]+-?[A-Z]*-?\d+)(?::|['"])/g);
  return [...titles].flatMap(([, numbers]) => numbers.split(', ')).filter(number => /^[A-F]\d+$/.test(number));
}

it('each has a test or a line, and few have a line', () => {
  const claimed = new Set(['packages', 'plugins', 'test'].flatMap(folder => testFiles(join(root, folder))).flatMap(claims));
  const excused = [...readFileSync(join(__dirname, 'README.md'), 'utf8').matchAll(/^\* ([A-F]\d+) \(/gm)].map(([, item]) => item);
  const wanted = [...range(1, 43), ...range(59, 82)];
  expect(wanted.filter(item => !claimed.has(item) && !excused.includes(item))).toEqual([]);
  expect(excused.filter(item => claimed.has(item))).toEqual([]);
  expect(excused.length).toBeLessThanOrEqual(5);
});
