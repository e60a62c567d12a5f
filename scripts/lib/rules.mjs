import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { at } from './paths.mjs';

/** How many numbered statements the specification of Kratix has: 284 behaviours and 58 weaknesses. */
const ALL = 342;
const NUMBER = /\b(?:B-[A-Z]+-\d+|Q-\d+)\b/g;

/** The list: a number and its class a line. Throws on a line that says neither. */
export function parseRules(text) {
  const rules = new Map();
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, number, kind, reason] = /^((?:B-[A-Z]+-\d+|Q-\d+)): (requirement|difference|internal)(?:, (.+))?$/.exec(line) ?? [];
    if (!number || (kind === 'internal') !== Boolean(reason)) throw new Error(`not a rule: "${line}"; write "B-XX-1: requirement", ": difference" or ": internal, WHY"`);
    if (rules.has(number)) throw new Error(`${number} stands twice in the list`);
    rules.set(number, { kind, reason });
  }
  return rules;
}

/** The numbers that a text names; a range such as "B-RB-1..3" or "B-RB-1 to B-RB-3" names its ends alone. */
export const numbersIn = text => text.match(NUMBER) ?? [];

/**
 * Joins the list with the titles of the tests that passed and with the document of differences. `problems` are what
 * makes the table worth nothing: a difference that the document does not name, a number that is not on the list.
 */
export function joinRules(rules, titles, differences) {
  const claimed = new Set(titles.flatMap(numbersIn));
  const documented = new Set(numbersIn(differences));
  const result = { covered: [], differences: [], internal: [], without: [], problems: [] };
  for (const [number, { kind }] of rules) {
    if (kind === 'internal') result.internal.push(number);
    else if (kind === 'difference') result.differences.push(number);
    else (claimed.has(number) ? result.covered : result.without).push(number);
    const mustBeTold = kind === 'difference' || number.startsWith('Q-');
    if (mustBeTold && !documented.has(number)) result.problems.push(`${number}: docs/differences-from-kratix.md does not name it`);
  }
  for (const number of [...claimed, ...documented]) if (!rules.has(number)) result.problems.push(`${number}: named by a test or the document, and not on the list`);
  const total = ['covered', 'differences', 'internal', 'without'].reduce((sum, each) => sum + result[each].length, 0);
  if (total !== ALL) result.problems.push(`the list holds ${total} numbers, not ${ALL}`);
  return { ...result, problems: [...new Set(result.problems)] };
}

export const lineOfRules = ({ covered, differences, internal, without }) =>
  `rules: ${covered.length} covered, ${differences.length} differences, ${internal.length} internal, ${without.length} without`;

/** Titles of the tests that passed when each suite last ran. */
function titlesOfLastRuns() {
  const folder = at('.cache');
  const files = existsSync(folder) ? readdirSync(folder).filter(file => /^jest-.+\.json$/.test(file)) : [];
  return files.flatMap(file =>
    JSON.parse(readFileSync(at('.cache', file), 'utf8')).testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName),
    ),
  );
}

/** What the tests that last ran prove. */
export function readRules() {
  const rules = parseRules(readFileSync(at('test/rules/rules.yaml'), 'utf8'));
  return joinRules(rules, titlesOfLastRuns(), readFileSync(at('docs/differences-from-kratix.md'), 'utf8'));
}
