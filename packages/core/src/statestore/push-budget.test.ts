import { checkGitSpec, checkPushLimit, GitStoreSpec } from './git-spec';
import { PushBudget } from './push-budget';

describe('a budget of pushes', () => {
  let now = 0;
  const aBudget = (perMinute: number, burst?: number) => {
    now = 1_000;
    return new PushBudget({ perMinute, burst }, () => now);
  };

  it('lets a burst go, and then one at a time', () => {
    const budget = aBudget(6, 3);
    for (let count = 0; count < 3; count += 1) {
      expect(budget.waitMs).toBe(0);
      budget.spend();
    }
    expect(budget.waitMs).toBe(10_000);
    now += 4_000;
    expect(budget.waitMs).toBe(6_000);
    now += 6_000;
    expect(budget.waitMs).toBe(0);
  });

  it('pushes that could not wait are paid for later', () => {
    const budget = aBudget(60);
    for (let count = 0; count < 5; count += 1) budget.spend();
    expect(budget.waitMs).toBe(5_000);
  });

  it('what is not used is kept up to the burst', () => {
    const budget = aBudget(6, 3);
    now += 3_600_000;
    for (let count = 0; count < 3; count += 1) budget.spend();
    expect(budget.waitMs).toBe(10_000);
  });

  it('in any minute after the burst there are no more than the limit', () => {
    const budget = aBudget(6, 3);
    const pushes: number[] = [];
    for (const end = now + 600_000; now < end; now += 100) {
      if (budget.waitMs > 0) continue;
      budget.spend();
      pushes.push(now);
    }
    const busiest = Math.max(...pushes.map(from => pushes.filter(time => time >= from && time < from + 60_000).length));
    expect(busiest).toBeLessThanOrEqual(6 + 3);
    expect(pushes.filter(time => time > 61_000).length).toBeLessThanOrEqual(54);
  });

  it('there is none without a limit', () => expect(new PushBudget(undefined, () => 0).waitMs).toBe(0));
});

describe('spec.pushLimit', () => {
  const limitOf = (spec: GitStoreSpec) => checkPushLimit(spec, checkGitSpec(spec, false));

  it.each([
    [{ url: 'https://github.com/a/b' }, { perMinute: 6, burst: 3 }],
    [{ url: 'git@github.com:a/b', authMethod: 'ssh' }, { perMinute: 6, burst: 3 }],
    [{ url: 'ssh://git@ssh.github.com:443/a/b', authMethod: 'ssh' }, { perMinute: 6, burst: 3 }],
    [{ url: 'https://github.com/a/b', pushLimit: { perMinute: 30 } }, { perMinute: 30, burst: 1 }],
    [{ url: 'https://git.example.com/github.com/b' }, undefined],
    [{ url: 'https://notgithub.com/a/b' }, undefined],
  ])('%j', (spec, limit) => expect(limitOf(spec)).toEqual(limit));

  it('refuses what is no limit', () => expect(() => limitOf({ url: 'https://e.com/a', pushLimit: { perMinute: 0 } })).toThrow('spec.pushLimit'));
});
