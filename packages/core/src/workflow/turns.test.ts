import fc from 'fast-check';
import { Lines, nextTurns, passedAfter, type Held, type Ticket } from './turns';

let count = 0;
const aTicket = (promise: string, change: Partial<Ticket> = {}): Ticket => ({ id: `t${(count += 1)}`, promise, namespace: 'default', isAsked: true, since: '2026-11-22T12:00:00Z', weight: 1, ...change });
const many = (promise: string, length: number, change: Partial<Ticket> = {}) => Array.from({ length }, () => aTicket(promise, change));
const promisesOf = (tickets: Ticket[]) => tickets.map(({ promise }) => promise).join('');

const turnsOf = (running: Held[], waiting: Ticket[], limit: number, passed?: Map<string, number>) => nextTurns(running, new Lines(waiting), limit, passed);

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
    const held = [...running].map(promise => ({ promise, namespace: 'default', isAsked: true }));
    expect(promisesOf(turnsOf(held, waiting, limit))).toBe(expected);
  });

  it('D75: namespaces of one Promise take turns, however many requests one of them makes', () => {
    const waiting = [...many('a', 50, { namespace: 'noisy' }), aTicket('a', { namespace: 'quiet', since: '2026-11-22T13:00:00Z' })];
    expect(turnsOf([], waiting, 4).map(({ namespace }) => namespace)).toEqual(['noisy', 'quiet', 'noisy', 'noisy']);
  });

  it('what began first goes on first', () => {
    const [young, old] = [aTicket('a', { since: '2026-11-22T13:00:00Z' }), aTicket('a')];
    expect(turnsOf([], [young, old], 1)).toEqual([old]);
  });

  /** `a` and `b`: Promises' runs that somebody waits for; `A` and `B`: those that an update caused. */
  const aKind = (letter: string) => ({ promise: letter.toLowerCase(), namespace: 'default', isAsked: letter === letter.toLowerCase() });
  const updated = { isAsked: false, since: '2026-11-01T12:00:00Z' };

  it.each<[string, string, Ticket[], number, number, string]>([
    ['what somebody waits for goes first, though it is younger', 'AAA', [...many('a', 2, updated), ...many('a', 1)], 4, 0, 'a'],
    ['and beyond the limit, within the reserve', 'AAAA', [...many('a', 2, updated), ...many('a', 1)], 4, 0, 'a'],
    ['once', 'AAAAa', [...many('a', 2, updated), ...many('a', 1)], 4, 0, ''],
    ['what an update caused does not use the reserve', 'aaaa', many('a', 2, updated), 4, 0, ''],
    ['whichever namespace it is of', 'A', [...many('a', 2, { ...updated, namespace: 'idle' }), ...many('a', 1)], 2, 0, 'a'],
    ['one turn in eight is for what an update caused', '', [...many('a', 2, updated), ...many('a', 12)], 10, 0, 'aaaaaaaAaa'],
    ['counted from turns that were given before', '', [...many('a', 2, updated), ...many('a', 4)], 2, 6, 'aA'],
    ['and of another Promise nothing changes: it takes turns with all of this one', '', [...many('a', 3), ...many('b', 3, updated)], 4, 0, 'aBaB'],
  ])('Q-7: %s', (_rule, running, waiting, limit, before, expected) => {
    const chosen = turnsOf([...running].map(aKind), waiting, limit, new Map([['a', before]]));
    expect(chosen.map(({ promise, isAsked }) => (isAsked ? promise : promise.toUpperCase())).join('')).toBe(expected);
  });

  it('Q-7: an update comes through, one pipeline at a time, however many requests people make', () => {
    const waiting = new Lines(many('a', 3, updated));
    let passed = new Map<string, number>();
    for (let turn = 0; turn < 24; turn += 1) {
      waiting.add(aTicket('a'));
      const [next] = nextTurns([], waiting, 1, passed);
      waiting.delete(next.id);
      passed = new Map([['a', passedAfter(passed.get('a'), next)]]);
    }
    expect(waiting.all().flat().filter(({ isAsked }) => !isAsked)).toEqual([]);
  });

  it('lines are kept in order whatever comes and goes', () => {
    const ticket = fc.record({ id: fc.integer({ min: 0, max: 9 }), since: fc.constantFrom('1', '2', '3'), isAsked: fc.boolean(), goes: fc.boolean() });
    fc.assert(fc.property(fc.array(ticket), steps => {
      const [lines, known] = [new Lines(), new Map<string, Ticket>()];
      for (const { id, goes, ...rest } of steps) {
        const next = aTicket('a', { id: String(id), ...rest });
        if (!goes) lines.add(next);
        if (!goes) known.set(next.id, next);
        expect(goes && lines.delete(next.id)).toBe(goes && known.delete(next.id));
      }
      expect(lines.size).toBe(known.size);
      const byAge = (a: Ticket, b: Ticket) => (`${a.since}/${a.id}` < `${b.since}/${b.id}` ? 1 : -1);
      for (const isAsked of [true, false]) {
        const expected = [...known.values()].filter(each => each.isAsked === isAsked).sort(byAge);
        expect(lines.all().find(line => line[0].isAsked === isAsked) ?? []).toEqual(expected);
      }
    }));
  });

  it('never more than the limit and its reserve, never idle while somebody waits', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(fc.property(fc.array(name, { maxLength: 20 }), fc.array(name, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (running, waiting, limit) => {
      const held = running.map(promise => ({ promise, namespace: 'x', isAsked: true }));
      const chosen = turnsOf(held, waiting.map(promise => aTicket(promise)), limit);
      const reserve = Math.max(1, Math.floor(limit / 4));
      expect(chosen.length).toBeLessThanOrEqual(Math.max(0, limit + reserve - held.length));
      expect(chosen.length).toBeGreaterThanOrEqual(Math.min(waiting.length, Math.max(0, limit - held.length)));
    }));
  });
});
