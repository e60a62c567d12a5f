import fc from 'fast-check';
import { FakeClock } from '../testing/fake-clock';
import { LOW_PRIORITY, WorkQueue } from './work-queue';

function aQueue() {
  const clock = new FakeClock();
  return { clock, queue: new WorkQueue({ clock }) };
}

async function take(queue: WorkQueue, count: number) {
  const keys: (string | undefined)[] = [];
  for (let i = 0; i < count; i += 1) keys.push(await queue.get());
  return keys;
}

describe('a key', () => {
  it('stands in the queue once', async () => {
    const { queue } = aQueue();
    ['a', 'a', 'b', 'a'].forEach(key => queue.add(key));
    expect(queue.depth).toBe(2);
    expect(await take(queue, 2)).toEqual(['a', 'b']);
  });

  it('that is added while a worker has it comes once more, after it is given back', async () => {
    const { queue } = aQueue();
    queue.add('a');
    await queue.get();
    ['a', 'a'].forEach(key => queue.add(key));
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(queue.depth).toBe(1);
    await queue.get();
    queue.done('a');
    expect(queue.depth).toBe(0);
  });

  it('goes to a worker that waits', async () => {
    const { queue } = aQueue();
    const waiting = queue.get();
    queue.add('a');
    expect(await waiting).toBe('a');
  });
});

describe('a later time', () => {
  it('is the earliest of several', async () => {
    const { queue, clock } = aQueue();
    queue.addAfter('a', 1000);
    queue.addAfter('a', 100);
    queue.addAfter('a', 500);
    await clock.advance(99);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(await queue.get()).toBe('a');
    queue.done('a');
    await clock.advance(2000);
    expect(queue.depth).toBe(0);
  });

  it('is called off when a worker takes the key before', async () => {
    const { queue, clock } = aQueue();
    queue.addAfter('a', 1000);
    queue.add('a');
    await queue.get();
    queue.done('a');
    expect(clock.pending).toBe(0);
  });

  it('that comes while a worker has the key counts', async () => {
    const { queue, clock } = aQueue();
    queue.add('a');
    await queue.get();
    queue.addAfter('a', 10);
    await clock.advance(10);
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(queue.depth).toBe(1);
  });
});

describe('failures', () => {
  it('double the delay up to five minutes, until they are forgotten', () => {
    const { queue } = aQueue();
    const delays = Array.from({ length: 18 }, () => queue.addRateLimited('a'));
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(delays.slice(-2)).toEqual([300_000, 300_000]);
    expect(queue.failures('a')).toBe(18);
    queue.forget('a');
    expect(queue.addRateLimited('a')).toBe(5);
    expect(queue.addRateLimited('b')).toBe(5);
  });
});

describe('priorities', () => {
  it('go first, and a key can rise but not sink', async () => {
    const { queue } = aQueue();
    queue.add('low', LOW_PRIORITY);
    queue.add('normal');
    queue.add('rises', LOW_PRIORITY);
    queue.add('rises', 5);
    queue.add('normal', LOW_PRIORITY);
    expect(await take(queue, 3)).toEqual(['rises', 'normal', 'low']);
  });

  it('do not let others starve', async () => {
    const { queue, clock } = aQueue();
    queue.add('low', LOW_PRIORITY);
    await clock.advance(1);
    const taken: string[] = [];
    for (let i = 0; i < 20 && !taken.includes('low'); i += 1) {
      queue.add(`busy${i}`);
      queue.add(`more${i}`);
      taken.push((await queue.get()) ?? '');
    }
    expect(taken).toContain('low');
    expect(taken.length).toBeLessThanOrEqual(8);
  });

  it('last while a key is with a worker', async () => {
    const { queue } = aQueue();
    queue.add('a');
    await queue.get();
    queue.add('a', LOW_PRIORITY);
    queue.add('a', 3);
    queue.add('b');
    queue.done('a');
    expect(await queue.get()).toBe('a');
  });
});

it('tells how long the first in line has waited', async () => {
  const { queue, clock } = aQueue();
  expect(queue.oldestAgeMs).toBe(0);
  queue.add('a', LOW_PRIORITY);
  await clock.advance(70);
  queue.add('b');
  expect(queue.oldestAgeMs).toBe(70);
});

it('lets everyone go when it is shut down', async () => {
  const { queue, clock } = aQueue();
  const waiting = queue.get();
  queue.addAfter('a', 10);
  queue.shutDown();
  queue.add('b');
  queue.addAfter('c', 1);
  expect(await waiting).toBeUndefined();
  expect(await queue.get()).toBeUndefined();
  expect(clock.pending).toBe(0);
});

describe('for every sequence of calls', () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key, priority: fc.constantFrom(0, LOW_PRIORITY, 7) }),
    fc.record({ do: fc.constant('after' as const), key, ms: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ do: fc.constant('fail' as const), key }),
    fc.record({ do: fc.constant('take' as const) }),
    fc.record({ do: fc.constant('done' as const), key }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 60 }) }),
  );

  /** What the queue promises, in its simplest form. */
  class Model {
    readonly ready = new Set<string>();
    readonly held = new Set<string>();
    readonly dirty = new Set<string>();
    readonly due = new Map<string, number>();
    now = 0;

    add(k: string) {
      (this.held.has(k) ? this.dirty : this.ready).add(k);
    }
    after(k: string, ms: number) {
      this.due.set(k, Math.min(this.due.get(k) ?? Infinity, this.now + ms));
    }
    take(k: string) {
      this.ready.delete(k);
      this.due.delete(k);
      this.held.add(k);
    }
    done(k: string) {
      this.held.delete(k);
      if (this.dirty.delete(k)) this.ready.add(k);
    }
    wait(ms: number) {
      this.now += ms;
      for (const [k, at] of this.due) {
        if (at > this.now) continue;
        this.due.delete(k);
        this.add(k);
      }
    }
  }

  it('a key is with one worker at most, none is lost, and none comes unasked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const { queue, clock } = aQueue();
        const model = new Model();
        const unasked: string[] = [];
        for (const each of steps) {
          if (each.do === 'add') {
            queue.add(each.key, each.priority);
            model.add(each.key);
          } else if (each.do === 'after') {
            queue.addAfter(each.key, each.ms);
            model.after(each.key, each.ms);
          } else if (each.do === 'fail') {
            model.after(each.key, queue.addRateLimited(each.key));
          } else if (each.do === 'done' && model.held.has(each.key)) {
            queue.done(each.key);
            model.done(each.key);
          } else if (each.do === 'wait') {
            await clock.advance(each.ms);
            model.wait(each.ms);
          } else if (each.do === 'take' && model.ready.size) {
            const taken = (await queue.get()) ?? '';
            if (!model.ready.has(taken)) unasked.push(taken);
            model.take(taken);
          }
          expect([queue.depth, queue.active, queue.delayed]).toEqual([
            model.ready.size,
            model.held.size,
            model.due.size,
          ]);
        }
        expect(unasked).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
