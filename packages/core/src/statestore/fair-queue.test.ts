import * as fc from 'fast-check';
import { FairQueue } from './fair-queue';
import type { StoreChange } from './store';

const anItem = (id: string, promise: string | null = 'p', bytes = 1) => {
  const change: StoreChange = { id, ...(promise !== null && { promise }), owns: promise === null ? null : id, put: new Map([[`${id}/f`, 'x'.repeat(bytes)]]), remove: [] };
  return { change };
};
const ids = (items: Array<{ change: StoreChange }>) => items.map(({ change }) => change.id);
const ALL = { changes: 100, bytes: 100 };

describe('fairness between Promises', () => {
  it('one with a single change does not wait for one with thousands', () => {
    const queue = new FairQueue();
    for (let count = 0; count < 5_000; count += 1) queue.push(anItem(`many-${count}`, 'many'));
    queue.push(anItem('single', 'single'));
    expect(ids(queue.take({ changes: 10, bytes: 100 }))).toContain('single');
    expect(queue.length).toBe(4_991);
  });

  it('lanes are served in turn, over batches, too', () => {
    const queue = new FairQueue();
    for (const promise of ['a', 'b', 'c']) for (const count of [1, 2]) queue.push(anItem(`${promise}${count}`, promise));
    expect(ids(queue.take({ changes: 2, bytes: 100 }))).toEqual(['a1', 'b1']);
    queue.push(anItem('a3', 'a'));
    expect(ids(queue.take({ changes: 3, bytes: 100 }))).toEqual(['c1', 'a2', 'b2']);
    expect(ids(queue.take(ALL))).toEqual(['c2', 'a3']);
  });

  it('a batch keeps within its bytes, and a huge change goes alone', () => {
    const queue = new FairQueue();
    for (const [id, bytes] of [['a', 60], ['b', 60], ['huge', 500], ['c', 1]] as const) queue.push(anItem(id, 'p', bytes));
    expect([1, 2, 3, 4].map(() => ids(queue.take(ALL)))).toEqual([['a'], ['b'], ['huge'], ['c']]);
    expect(ids(queue.take(ALL))).toEqual([]);
  });

  it('nothing is lost, and nothing overtakes within a Promise or among changes that own no directory', () => {
    const pushes = fc.array(fc.constantFrom('a', 'b', 'c', null), { maxLength: 60 });
    fc.assert(
      fc.property(pushes, fc.integer({ min: 1, max: 7 }), (promises, changes) => {
        const queue = new FairQueue();
        promises.forEach((promise, index) => queue.push(anItem(`${promise}-${index}`, promise)));
        const taken: string[] = [];
        while (queue.length > 0) taken.push(...ids(queue.take({ changes, bytes: 1000 })));
        expect(taken).toHaveLength(promises.length);
        for (const promise of ['a', 'b', 'c', 'null']) {
          const order = taken.filter(id => id.startsWith(`${promise}-`)).map(id => Number(id.split('-')[1]));
          expect(order).toEqual([...order].sort((x, y) => x - y));
        }
      }),
    );
  });
});
