import { newerVersion } from './versions';

describe('newerVersion', () => {
  it.each<[string | undefined, string[], string | undefined]>([
    ['v1.2.0', ['v1.2.0', 'v1.10.0', 'v1.3.0'], 'v1.10.0'],
    ['v1.2.0', ['v1.2.0'], undefined],
    ['v1.2.0', ['v1.1.9'], undefined],
    ['v2.0.0-rc.1', ['v2.0.0'], 'v2.0.0'],
    ['v2.0.0', ['v2.0.0-rc.2'], undefined],
    ['1.2.0', ['v1.2.0'], undefined],
    [undefined, ['v1.2.0'], undefined],
  ])('than %s among %j is %s', (current, available, newer) => {
    expect(newerVersion({ versions: { current, available } })).toBe(newer);
  });
});
