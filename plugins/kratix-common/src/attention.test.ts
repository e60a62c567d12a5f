import { attentionRank, needsAttention, sayAgain } from './attention';
import { phaseOf } from './phase';
import { phases } from './types';


it('puts what failed first, then what waits, and what is well last', () => {
  const sorted = [...phases].sort((a, b) => attentionRank(a) - attentionRank(b));
  expect(sorted[0]).toBe('Failed');
  expect(sorted[sorted.length - 1]).toBe('Ready');
  expect(sorted.indexOf('PausedByStep')).toBeLessThan(sorted.indexOf('Running'));
  expect(new Set(phases.map(attentionRank)).size).toBe(phases.length);
});

it('knows who needs somebody', () => {
  expect(phases.filter(needsAttention).sort()).toEqual(
    ['Degraded', 'Drifted', 'Failed', 'NotPlaced', 'PausedByStep', 'Retrying', 'Waiting'],
  );
});

describe('saying it again', () => {
  const metadata = { name: 'one', creationTimestamp: '2026-11-22T10:00:00Z' };
  const input = { metadata, status: {}, runs: [], destinations: [] };
  const [early, late] = [new Date('2026-11-22T10:00:02Z'), new Date('2026-11-22T10:00:40Z')];

  it('lets spans of time go on, as if it were asked anew', () => {
    const summary = phaseOf({ ...input, now: early });
    expect(summary.sentence).toBe('Accepted 2 s ago, starting.');
    expect(sayAgain(summary, late)).toEqual(phaseOf({ ...input, now: late }));
  });

  it('goes on inside what was last known of a lost cluster too', () => {
    const stale = { since: '2026-11-22T10:00:01Z', cluster: 'demo' };
    const summary = phaseOf({ ...input, stale, now: early });
    expect(sayAgain(summary, late)).toEqual(phaseOf({ ...input, stale, now: late }));
    expect(sayAgain(summary, late).sentence).toContain('Accepted 40 s ago');
  });

  it('keeps a sentence that came without its data', () => {
    expect(sayAgain({ phase: 'Ready', sentence: 'Ready.' }, late)).toEqual({ phase: 'Ready', sentence: 'Ready.' });
  });
});
