import type { WorkPlacementObject } from '../api';
import { newestWrite, writeOf } from './last-write';

const placement = (name: string, time?: string, versionID?: string) =>
  ({ metadata: { name, namespace: 'default' }, status: { ...(versionID && { versionID }), ...(time && { lastWrite: { time, pathsHash: 'x' } }) } }) as WorkPlacementObject;

describe('what a placement records of a write', () => {
  const now = new Date('2026-01-02T03:04:05.678Z');
  it('the second, and a hash of its paths that their order does not change', () => {
    expect(writeOf(['b.yaml', 'a.yaml'], now)).toEqual({ time: '2026-01-02T03:04:05Z', pathsHash: expect.stringMatching(/^[0-9a-f]{64}$/u) });
    expect(writeOf(['a.yaml', 'b.yaml'], now)).toEqual(writeOf(['b.yaml', 'a.yaml'], now));
  });
  it.each([[['a.yaml']], [['a.yaml', 'c.yaml']], [['a.yamlb.yaml']], [[]]])('%j is another hash', paths =>
    expect(writeOf(paths, now).pathsHash).not.toBe(writeOf(['a.yaml', 'b.yaml'], now).pathsHash));
});

describe('the last write to a Destination', () => {
  it('is the newest of its placements, with its version', () =>
    expect(newestWrite([placement('a', '2026-01-02T03:04:05Z', 'v1'), placement('b', '2026-01-02T03:04:06Z', 'v2'), placement('c')], undefined))
      .toEqual({ time: '2026-01-02T03:04:06Z', placement: 'default/b', versionID: 'v2' }));
  it('never goes back', () => {
    const recorded = { time: '2026-01-02T03:04:07Z', placement: 'default/gone' };
    expect(newestWrite([placement('a', '2026-01-02T03:04:05Z')], recorded)).toBe(recorded);
    expect(newestWrite([placement('a', '2026-01-02T03:04:07Z')], recorded)).toBe(recorded);
  });
  it('there is none before the first', () => expect(newestWrite([placement('a')], undefined)).toBeUndefined());
});
