import fc from 'fast-check';
import { nextTurns, type Ticket } from './turns';

let count = 0;
const aTicket = (promise: string, change: Partial<Ticket> = {}): Ticket => ({ id: `t${(count += 1)}`, promise, namespace: 'default', since: '2026-11-22T12:00:00Z', weight: 1, ...change });
const many = (promise: string, length: number, change: Partial<Ticket> = {}) => Array.from({ length }, () => aTicket(promise, change));
const promisesOf = (tickets: Ticket[]) => tickets.map(({ promise }) => promise).join('');

describe('nextTurns', () => {
  it.each<[string, string, Ticket[], number, string]>([
    ['all start while there is room', '', [...many('a', 2), ...many('b', 1)], 4, 'aba'],
    ['nothing starts where there is none', 'aaaa', many('a', 3), 4, ''],
    ['what ends makes room for one', 'aaa', many('a', 3), 4, 'a'],
    ['D75: a Promise of which nothing runs goes first', 'aaa', [...many('a', 9), ...many('b', 2)], 4, 'b'],
    ['D75: and beyond the limit, within the reserve', 'aaaa', [...many('a', 9), ...many('b', 2)], 4, 'b'],
    ['D75: once', 'aaaab', [...many('a', 9), ...many('b', 2), ...many('c', 1)], 4, ''],
    ['Promises take turns', '', [...many('a', 9), ...many('b', 9), ...many('c', 9)], 6, 'abcabc'],
    ['a weight of two is twice as many', '', [...many('a', 9, { weight: 2 }), ...many('b', 9)], 6, 'ababaa'],
  ])('%s', (_rule, running, waiting, limit, expected) => {
    const held = [...running].map(promise => ({ promise, namespace: 'default' }));
    expect(promisesOf(nextTurns(held, waiting, limit))).toBe(expected);
  });

  it('D75: namespaces of one Promise take turns, however many requests one of them makes', () => {
    const waiting = [...many('a', 50, { namespace: 'noisy' }), aTicket('a', { namespace: 'quiet', since: '2026-11-22T13:00:00Z' })];
    expect(nextTurns([], waiting, 4).map(({ namespace }) => namespace)).toEqual(['noisy', 'quiet', 'noisy', 'noisy']);
  });

  it('what began first goes on first', () => {
    const [young, old] = [aTicket('a', { since: '2026-11-22T13:00:00Z' }), aTicket('a')];
    expect(nextTurns([], [young, old], 1)).toEqual([old]);
  });

  it('never more than the limit and its reserve, never idle while somebody waits', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(fc.property(fc.array(name, { maxLength: 20 }), fc.array(name, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (running, waiting, limit) => {
      const held = running.map(promise => ({ promise, namespace: 'x' }));
      const chosen = nextTurns(held, waiting.map(promise => aTicket(promise)), limit);
      const reserve = Math.max(1, Math.floor(limit / 4));
      expect(chosen.length).toBeLessThanOrEqual(Math.max(0, limit + reserve - held.length));
      expect(chosen.length).toBeGreaterThanOrEqual(Math.min(waiting.length, Math.max(0, limit - held.length)));
    }));
  });
});
