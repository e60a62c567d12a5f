import { briefUntil } from './brief';

describe('briefUntil', () => {
  const now = new Date('2026-01-01T00:00:01.500Z');
  it.each<[string, string | undefined, string | undefined]>([
    ['a pipeline that has just ended: not yet', '2026-01-01T00:00:00Z', '2026-01-01T00:00:02.000Z'],
    ['one that ended a while ago: at once', '2025-12-31T23:59:59Z', undefined],
    ['no time: at once', undefined, undefined],
  ])('%s', (_rule, endedAt, until) => expect(briefUntil(endedAt, now)?.toISOString()).toBe(until));
});
