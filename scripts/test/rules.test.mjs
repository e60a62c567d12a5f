import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { at } from '../lib/paths.mjs';
import { joinRules, lineOfRules, numbersIn, parseRules } from '../lib/rules.mjs';

test('the list of rules holds every number once, with at most 45 that bind nobody', () => {
  const rules = parseRules(readFileSync(at('test/rules/rules.yaml'), 'utf8'));
  assert.equal(rules.size, 342);
  assert.ok([...rules.values()].filter(({ kind }) => kind === 'internal').length <= 45);
});

test('a rule is covered by a test that names it, told as a difference, internal with a reason, or without', () => {
  const rules = parseRules('# words\nB-RR-1: requirement\nB-RR-2: requirement\nB-RR-3: difference\nB-RR-4: internal, a timer\n');
  const { problems, ...joined } = joinRules(rules, ['status B-RR-1, B-RR-9: is written'], 'told here (B-RR-3)');
  assert.deepEqual(joined, { covered: ['B-RR-1'], differences: ['B-RR-3'], internal: ['B-RR-4'], without: ['B-RR-2'] });
  assert.equal(lineOfRules(joined), 'rules: 1 covered, 1 differences, 1 internal, 1 without');
  assert.deepEqual(problems, ['B-RR-9: named by a test or the document, and not on the list', 'the list holds 4 numbers, not 342']);
});

test('a difference or a weakness that the document does not name is a problem', () => {
  const rules = parseRules('Q-1: requirement\nB-RR-3: difference\n');
  const { problems } = joinRules(rules, ['Q-1: mended'], '');
  assert.deepEqual(problems.slice(0, 2), ['Q-1: docs/differences-from-kratix.md does not name it', 'B-RR-3: docs/differences-from-kratix.md does not name it']);
});

test('a line that is no rule, or a number that stands twice, is refused', () => {
  assert.throws(() => parseRules('B-RR-1: maybe'), /not a rule/);
  assert.throws(() => parseRules('B-RR-1: internal'), /not a rule/);
  assert.throws(() => parseRules('B-RR-1: requirement\nB-RR-1: requirement'), /twice/);
});

test('numbers are read whole', () => {
  assert.deepEqual(numbersIn('B-RR-14: x; Q-6 and XB-RR-1, B-RR-'), ['B-RR-14', 'Q-6']);
});
