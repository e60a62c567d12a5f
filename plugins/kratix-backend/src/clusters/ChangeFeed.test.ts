import { ChangeFeed, type Changes } from './ChangeFeed';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function aFeed(settled = true) {
  const state = { settled };
  const seen: Changes[] = [];
  const feed = new ChangeFeed(() => state.settled);
  const stop = feed.subscribe(changes => seen.push(changes));
  return { feed, seen, state, stop };
}

it('gathers a burst into one call within 100 ms, each name once', () => {
  const { feed, seen } = aFeed();
  feed.request('a');
  feed.request('b');
  feed.request('a');
  feed.promise('p');
  feed.destination('d');
  feed.object('o');
  expect(seen).toEqual([]);
  jest.advanceTimersByTime(100);
  expect(seen).toEqual([{ all: true, requests: ['a', 'b'], promises: ['p'], destinations: ['d'], objects: ['o'] }]);
  feed.request('c');
  jest.advanceTimersByTime(100);
  expect(seen[1]).toEqual({ all: false, requests: ['c'], promises: [], destinations: [], objects: [] });
  jest.advanceTimersByTime(1000);
  expect(seen).toHaveLength(2);
});

it('keeps silent until everything is there, and forgets nothing meanwhile', () => {
  const { feed, seen, state } = aFeed(false);
  feed.request('a');
  jest.advanceTimersByTime(1000);
  expect(seen).toEqual([]);
  state.settled = true;
  feed.everything();
  jest.advanceTimersByTime(100);
  expect(seen).toEqual([{ all: true, requests: ['a'], promises: [], destinations: [], objects: [] }]);
});

it('tells nobody who has left, and nothing after its end', () => {
  const { feed, seen, stop } = aFeed();
  feed.request('a');
  stop();
  jest.advanceTimersByTime(100);
  feed.subscribe(changes => seen.push(changes));
  feed.request('b');
  feed.stop();
  feed.request('c');
  jest.advanceTimersByTime(1000);
  expect(seen).toEqual([]);
});
