import { aLogger } from '../testing/silent-logger';
import { Election, Manager, Runnable } from './manager';

let story: string[];

beforeEach(() => {
  story = [];
});

function aRunnable(name: string, options: Partial<Runnable> = {}): Runnable {
  return {
    name,
    whenSynced: async () => void story.push(`${name} synced`),
    start: () => void story.push(`${name} started`),
    stop: async () => void story.push(`${name} stopped`),
    ...options,
  };
}

function anElection() {
  let lose: (error: Error) => void = () => {};
  const election: Election = {
    acquire: async () => void story.push('elected'),
    onLost: callback => {
      lose = callback;
    },
    release: async () => void story.push('released'),
  };
  return { election, lose: () => lose(new Error('gone')) };
}

const log = aLogger();

it('fills caches, wins the lead, starts in order, and stops in the opposite order', async () => {
  const { election } = anElection();
  const manager = new Manager({ log, election }).add(aRunnable('store')).add(aRunnable('controller'));
  await manager.start();
  expect(manager.isStarted).toBe(true);
  await Promise.all([manager.stop(), manager.stop()]);
  expect([...new Set(story)]).toEqual([
    'store synced',
    'controller synced',
    'elected',
    'store started',
    'controller started',
    'controller stopped',
    'store stopped',
    'released',
  ]);
});

it('starts what is added later, once, and lets it be removed', async () => {
  const manager = new Manager({ log });
  await manager.start();
  const late = aRunnable('late');
  manager.add(late);
  await new Promise(resolve => setImmediate(resolve));
  await manager.remove(late);
  await manager.stop();
  expect(story).toEqual(['late synced', 'late started', 'late stopped']);
});

it('does not start what was removed before its caches were full, and ends it', async () => {
  let sync: () => void = () => {};
  const manager = new Manager({ log });
  await manager.start();
  const slow = aRunnable('slow', { whenSynced: () => new Promise(resolve => (sync = resolve)) });
  manager.add(slow);
  await manager.remove(slow);
  sync();
  await new Promise(resolve => setImmediate(resolve));
  expect(story).toEqual(['slow stopped']);
});

it('stops everything when the lead is lost, and says so', async () => {
  const { election, lose } = anElection();
  const fatal = new Promise<Error>(resolve => {
    const manager = new Manager({ log, election, onFatal: resolve }).add(aRunnable('a'));
    manager.start().then(lose);
  });
  expect((await fatal).message).toBe('gone');
  expect(story.slice(-2)).toEqual(['a stopped', 'released']);
});

it('rejects when a runnable cannot start, after stopping the others', async () => {
  const manager = new Manager({ log });
  manager.add(aRunnable('a'));
  manager.add(
    aRunnable('b', {
      start: () => {
        throw new Error('no port');
      },
    }),
  );
  await expect(manager.start()).rejects.toThrow('no port');
  expect(story).toContain('a stopped');
});

it('goes on stopping when one does not stop in peace', async () => {
  const manager = new Manager({ log });
  manager.add(aRunnable('a'));
  manager.add(aRunnable('b', { stop: () => Promise.reject(new Error('stuck')) }));
  await manager.start();
  await manager.stop();
  expect(story).toContain('a stopped');
});
