import { FakeClock } from '../testing/fake-clock';
import { PushBudget } from './push-budget';
import { StoreChange, StoreError } from './store';
import { BatchTarget, BatchWriter, changeProblem, Outcome } from './writer';

const aChange = (id: string, bytes = 1): StoreChange => ({ id, owns: id, put: new Map([[`${id}/f`, 'x'.repeat(bytes)]]), remove: [] });

class Target implements BatchTarget {
  batches: string[][] = [];
  trials: string[][] = [];
  underWay = 0;
  isClosed = false;
  behave: (ids: string[]) => Promise<Outcome[]> | Outcome[] = ids => ids.map(() => ({ version: `v${this.batches.length}`, differences: [] }));

  async write(changes: readonly StoreChange[]) {
    this.underWay += 1;
    if (this.underWay > 1) throw new Error('two calls at a time');
    const ids = changes.map(({ id }) => id);
    this.batches.push(ids);
    try {
      return await this.behave(ids);
    } finally {
      this.underWay -= 1;
    }
  }

  async compare(changes: readonly StoreChange[]) {
    this.trials.push(changes.map(({ id }) => id));
    return changes.map(() => ({ version: 'v', differences: [] }));
  }

  async read() {
    return new Map<string, string>();
  }

  async refetch() {
    await this.check();
  }

  async check() {
    if (this.underWay > 0) throw new Error('two calls at a time');
  }

  async close() {
    this.isClosed = true;
  }
}

const refused = (ids: string[], bad: string[]) => {
  const found = ids.filter(id => bad.includes(id));
  if (found.length) throw new StoreError('Rejected', `no ${found.join()}`);
  return ids.map(() => ({ version: 'v', differences: [] }));
};

describe('Q-5: one queue, many changes in one write', () => {
  it('sends what comes together together, and what comes meanwhile next', async () => {
    const target = new Target();
    const writer = new BatchWriter(target);
    let release = () => undefined as void;
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    const started = new Promise<void>(resolve => {
      target.behave = async ids => {
        resolve();
        await gate;
        return ids.map(() => ({ version: 'v', differences: [] }));
      };
    });
    const first = [writer.submit(aChange('a')), writer.submit(aChange('b'))];
    await started;
    const rest = ['c', 'd', 'e'].map(id => writer.submit(aChange(id)));
    const check = writer.check();
    release();
    await Promise.all([...first, ...rest, check]);
    expect(target.batches).toEqual([['a', 'b'], ['c', 'd', 'e']]);
  });

  it('keeps batches within their limits, and lets a huge change through alone', async () => {
    const target = new Target();
    const writer = new BatchWriter(target, { limits: { changes: 2, bytes: 10 } });
    await Promise.all([aChange('a'), aChange('b'), aChange('c'), aChange('huge', 50), aChange('d')].map(change => writer.submit(change)));
    expect(target.batches).toEqual([['a', 'b'], ['c'], ['huge'], ['d']]);
  });

  it('gives each change the outcome of its own', async () => {
    const target = new Target();
    target.behave = ids => ids.map(id => (id === 'b' ? new StoreError('PathConflict', 'in the way') : { version: 'v', differences: [] }));
    const writer = new BatchWriter(target);
    const results = await Promise.allSettled(['a', 'b', 'c'].map(id => writer.submit(aChange(id))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

describe('C46: a refused change fails alone', () => {
  it.each([[['a']], [['h']], [['c', 'f']], [['a', 'h']]])('bad: %j', async bad => {
    const target = new Target();
    target.behave = ids => refused(ids, bad);
    const ids = [...'abcdefgh'];
    const writer = new BatchWriter(target);
    const results = await Promise.allSettled(ids.map(id => writer.submit(aChange(id))));
    expect(ids.filter((_, index) => results[index]?.status === 'rejected')).toEqual(bad);
  });

  it('asks a store that refuses everything only a few times', async () => {
    const target = new Target();
    target.behave = ids => refused(ids, ids);
    const writer = new BatchWriter(target);
    const results = await Promise.allSettled(Array.from({ length: 256 }, (_, index) => writer.submit(aChange(`x${index}`))));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(target.batches.length).toBeLessThan(20);
  });

  it('tries a batch once when the fault is not of its changes', async () => {
    const target = new Target();
    target.behave = () => Promise.reject(new StoreError('NotReachable', 'nobody there'));
    const writer = new BatchWriter(target);
    const results = await Promise.allSettled(['a', 'b'].map(id => writer.submit(aChange(id))));
    expect(results).toMatchObject([{ reason: { reason: 'NotReachable' } }, { reason: { reason: 'NotReachable' } }]);
    expect(target.batches).toHaveLength(1);
  });
});

describe('C57: a budget of pushes', () => {
  const setUp = (target: Target) => {
    const clock = new FakeClock();
    const budget = new PushBudget({ perMinute: 6, burst: 3 }, () => clock.now());
    target.behave = ids => {
      budget.spend();
      return ids.map(() => ({ version: 'v', differences: [] }));
    };
    return { clock, writer: new BatchWriter(target, { budget, clock }) };
  };

  it('a lone change goes at once; 1,000 changes over a minute are at most nine pushes, and all arrive', async () => {
    const target = new Target();
    const { clock, writer } = setUp(target);
    const waiting: Array<Promise<unknown>> = [writer.submit(aChange('lone'))];
    await waiting[0];
    expect(target.batches).toEqual([['lone']]);
    for (let count = 0; count < 1_000; count += 1) {
      waiting.push(writer.submit(aChange(`x${count}`)));
      if (count % 50 === 0) await clock.advance(3_000);
    }
    expect(target.batches.length).toBeLessThanOrEqual(9);
    await clock.advance(10_000);
    await Promise.all(waiting);
    expect(target.batches.flat()).toHaveLength(1_001);
    expect(clock.pending).toBe(0);
  });

  it('a question and the end need not wait for it', async () => {
    const target = new Target();
    const { writer } = setUp(target);
    for (const id of ['a', 'b', 'c']) await writer.submit(aChange(id));
    const held = writer.submit(aChange('held'));
    await writer.compare(aChange('d'));
    await writer.check();
    expect([target.batches.length, target.trials]).toEqual([3, [['d']]]);
    await Promise.all([writer.close(), expect(held).rejects.toMatchObject({ reason: 'Closed' })]);
  });
});

describe('what a queue tells about itself', () => {
  it('how many wait, and how large batches are', async () => {
    const told: string[] = [];
    const metrics = { queued: (count: number) => told.push(`queued ${count}`), batch: (count: number) => told.push(`batch ${count}`), pushed: () => {}, conflict: () => {}, repaired: () => {} };
    const writer = new BatchWriter(new Target(), { metrics });
    await Promise.all(['a', 'b'].map(id => writer.submit(aChange(id))));
    await writer.check();
    expect(told).toEqual(['queued 1', 'queued 2', 'batch 2', 'queued 0']);
  });
});

describe('close', () => {
  it('refuses what is queued and what comes', async () => {
    const target = new Target();
    const writer = new BatchWriter(target);
    const queued = writer.submit(aChange('a'));
    await Promise.all([writer.close(), expect(queued).rejects.toMatchObject({ reason: 'Closed' })]);
    await expect(writer.submit(aChange('b'))).rejects.toMatchObject({ reason: 'Closed' });
    await expect(writer.check()).rejects.toMatchObject({ reason: 'Closed' });
    await writer.close();
    expect(target).toMatchObject({ isClosed: true, batches: [] });
  });
});

describe('Q-9: a bad change is refused before it is queued', () => {
  it.each<[Partial<StoreChange>, string]>([
    [{ owns: '' }, 'directory "" is empty'],
    [{ owns: '../x' }, 'directory "../x"'],
    [{ put: new Map([['b/f', '']]) }, 'lies outside of "a"'],
    [{ put: new Map([['a', '']]) }, 'lies outside of "a"'],
    [{ put: new Map([['a/../b', '']]) }, 'component ".."'],
    [{ put: new Map([['a/x', ''], ['a/X', '']]) }, 'differ only in case'],
    [{ owns: null, put: new Map([['/etc/x', '']]) }, 'is absolute'],
    [{ remove: ['../x'] }, 'file "../x"'],
  ])('%p', (change, words) => expect(changeProblem({ ...aChange('a'), ...change })).toContain(words));
});
