import { ApiError } from '../kube/errors';
import { ObjectStore } from '../kube/store';
import type { DynamicObject, Informer, InformerEvent } from '../kube/types';
import { eventually } from '../testing/eventually';
import { FakeClock } from '../testing/fake-clock';
import { anObject, widgetType } from '../testing/objects';
import { aLogger } from '../testing/silent-logger';
import { Controller, ControllerOptions, ReconcileContext, ReconcileOutcome } from './controller';
import { TerminalError } from './terminal-error';

/** An informer without a server. */
function anInformer(): Informer<DynamicObject> & { store: ObjectStore<DynamicObject> } {
  const handlers = new Set<(event: InformerEvent<DynamicObject>) => void>();
  const store = new ObjectStore<DynamicObject>({}, event => handlers.forEach(handler => handler(event)));
  return {
    store,
    type: widgetType,
    get: key => store.get(key),
    list: () => store.list(),
    addIndex: (name, values) => store.addIndex(name, values),
    byIndex: (name, value) => store.byIndex(name, value),
    onChange(handler) {
      handlers.add(handler);
      store.list().forEach(object => handler({ type: 'added', object, initial: true }));
      return () => handlers.delete(handler);
    },
    onConnection: () => () => {},
    hasSynced: true,
    whenSynced: async () => {},
    observe: object => store.put(object, true),
    observeDeleted: (key, uid) => store.bury(key, uid),
    release: () => {},
  };
}

let controller: Controller | undefined;
const clock = new FakeClock();

function aController(reconcile: ControllerOptions['reconcile'], options: Partial<ControllerOptions> = {}) {
  const log = aLogger();
  const outcomes: ReconcileOutcome[] = [];
  controller = new Controller({
    name: 'test',
    reconcile,
    log,
    clock,
    onOutcome: each => outcomes.push(each),
    ...options,
  });
  return { controller, log, outcomes, results: () => outcomes.map(({ outcome }) => outcome) };
}

/** A promise to be settled by hand. */
function aGate() {
  let open: () => void = () => {};
  const passed = new Promise<void>(resolve => {
    open = resolve;
  });
  return { open, passed };
}

afterEach(async () => {
  const stopped = controller?.stop(10);
  await clock.advance(20);
  await stopped;
  controller = undefined;
});

it('reconciles what its informer tells of, what was there first with a low priority', async () => {
  const informer = anInformer();
  informer.store.put(anObject('old', { metadata: { resourceVersion: '1' } }));
  const seen: string[] = [];
  const { controller: c } = aController(async key => void seen.push(key), { workers: 1 });
  c.watches(informer, ({ object }) => [`${object.metadata.namespace}/${object.metadata.name}`]);
  informer.store.put(anObject('new', { metadata: { resourceVersion: '2' } }));
  c.start();
  await eventually('both', () => seen.length === 2);
  expect(seen).toEqual(['default/new', 'default/old']);
});

it('takes what is urgent first, whichever change concerns it', async () => {
  const informer = anInformer();
  const seen: string[] = [];
  const { controller: c } = aController(async key => void seen.push(key), { workers: 1, priorityOf: key => (key === 'default/urgent' ? 100 : 0) });
  c.watches(informer, ({ object }) => [`${object.metadata.namespace}/${object.metadata.name}`]);
  for (const [index, name] of ['a', 'b', 'urgent'].entries()) informer.store.put(anObject(name, { metadata: { resourceVersion: String(index + 1) } }));
  c.start();
  await eventually('all', () => seen.length === 3);
  expect(seen).toEqual(['default/urgent', 'default/a', 'default/b']);
});

it('never reconciles a key twice at once, and reconciles again what changed meanwhile', async () => {
  const gate = aGate();
  let running = 0;
  let most = 0;
  let runs = 0;
  const { controller: c } = aController(async () => {
    running += 1;
    most = Math.max(most, running);
    runs += 1;
    await gate.passed;
    running -= 1;
  });
  c.start();
  for (let i = 0; i < 5; i += 1) c.enqueue('a');
  await eventually('the first run', () => runs === 1);
  for (let i = 0; i < 5; i += 1) c.enqueue('a');
  gate.open();
  await eventually('to be idle', () => c.isIdle);
  expect([most, runs]).toEqual([1, 2]);
});

it('works on as many keys at once as it has workers', async () => {
  const gate = aGate();
  let running = 0;
  const { controller: c } = aController(
    async () => {
      running += 1;
      await gate.passed;
    },
    { workers: 3 },
  );
  c.start();
  ['a', 'b', 'c', 'd'].forEach(key => c.enqueue(key));
  await eventually('three', () => running === 3);
  expect(c.load).toMatchObject({ depth: 1, active: 3 });
  gate.open();
});

it('looks again when asked to, and not otherwise', async () => {
  const { controller: c, results } = aController(async key => (key === 'again' ? { requeueAfterMs: 1000 } : undefined));
  c.start();
  c.enqueue('again');
  c.enqueue('once');
  await clock.advance(999);
  expect(results()).toHaveLength(2);
  await clock.advance(1);
  expect(results()).toEqual(['requeued', 'done', 'requeued']);
});

it('tries again after a failure, later each time, and forgets that once it went well', async () => {
  let isBroken = true;
  const attempts: number[] = [];
  const { controller: c, log } = aController(async (_key, { attempt }) => {
    attempts.push(attempt);
    if (isBroken) throw new Error('no luck');
  });
  c.start();
  c.enqueue('a');
  await clock.advance(5 + 10 + 20);
  expect(attempts).toEqual([1, 2, 3, 4]);
  isBroken = false;
  await clock.advance(40);
  c.enqueue('a');
  await clock.advance(0);
  expect(attempts).toEqual([1, 2, 3, 4, 5, 1]);
  expect(log.lines.find(line => line.level === 'warn')).toMatchObject({
    fields: { controller: 'test', name: 'a', attempt: 1, retryMs: 5 },
  });
});

it('tries again within a second after conflicts, however many there were', async () => {
  const times: number[] = [];
  const { controller: c } = aController(async () => {
    times.push(clock.now());
    throw new ApiError(409, 'Conflict', 'the object has been modified');
  });
  c.start();
  c.enqueue('a');
  await clock.advance(20_000);
  const waits = times.slice(1).map((time, index) => time - times[index]);
  expect(waits.slice(0, 3)).toEqual([5, 10, 20]);
  expect(waits.length).toBeGreaterThan(20);
  expect(Math.max(...waits)).toBe(1_000);
});

it('does not repeat what fails for good until something changes', async () => {
  const {
    controller: c,
    results,
    log,
  } = aController(async () => {
    throw new TerminalError('the spec is wrong');
  });
  c.start();
  c.enqueue('a');
  await clock.advance(1_000_000);
  expect(results()).toEqual(['terminal']);
  expect(log.lines.map(({ level }) => level)).toEqual(['debug', 'error']);
});

it('takes a conflict for what it is', async () => {
  let runs = 0;
  const {
    controller: c,
    results,
    log,
  } = aController(async () => {
    runs += 1;
    if (runs === 1) throw new ApiError(409, 'Conflict', 'the object has been modified');
  });
  c.start();
  c.enqueue('a');
  await clock.advance(5);
  expect(results()).toEqual(['conflict', 'done']);
  expect(log.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
});

it('asks a reconcile to end that takes too long, and still runs no second one beside it', async () => {
  const gate = aGate();
  let context: ReconcileContext | undefined;
  let runs = 0;
  const { controller: c, log } = aController(
    async (_key, ctx) => {
      context = ctx;
      runs += 1;
      await gate.passed;
    },
    { timeoutMs: 100 },
  );
  c.start();
  c.enqueue('a');
  await clock.advance(100);
  expect(context?.signal.aborted).toBe(true);
  expect(log.lines.map(({ message }) => message)).toContainEqual(expect.stringContaining('takes too long'));
  c.enqueue('a');
  await clock.advance(1000);
  expect(runs).toBe(1);
  gate.open();
  await eventually('the second run', () => runs === 2);
});

it('survives a mapping that throws', async () => {
  const informer = anInformer();
  const { controller: c, log, results } = aController(async () => {});
  c.watches(informer, () => {
    throw new Error('mine');
  });
  c.watches(informer, () => ['a']);
  informer.store.put(anObject('w', { metadata: { resourceVersion: '1' } }));
  c.start();
  await eventually('a reconcile', () => results().length === 1);
  expect(log.lines[0]).toMatchObject({ level: 'error', message: 'a change could not be mapped to keys' });
});

it('keeps others quick beside one that always fails', async () => {
  let failures = 0;
  const { controller: c, results } = aController(
    async key => {
      if (key === 'poison') {
        failures += 1;
        throw new Error('always');
      }
    },
    { workers: 2 },
  );
  c.start();
  c.enqueue('poison');
  for (let i = 0; i < 1000; i += 1) c.enqueue(`w${i}`);
  await clock.advance(60_000);
  expect(results().filter(outcome => outcome === 'done')).toHaveLength(1000);
  expect(failures).toBeLessThanOrEqual(Math.ceil(Math.log2(60_000 / 5)) + 1);
});

describe('stopping', () => {
  it('waits for what is under way and takes nothing more', async () => {
    const gate = aGate();
    const seen: string[] = [];
    const { controller: c } = aController(
      async key => {
        await gate.passed;
        seen.push(key);
      },
      { workers: 1 },
    );
    c.start();
    ['a', 'b'].forEach(key => c.enqueue(key));
    await eventually('the first', () => c.load.active === 1);
    const stopped = c.stop();
    gate.open();
    await stopped;
    expect(seen).toEqual(['a']);
  });

  it('asks what takes too long to end', async () => {
    const { controller: c } = aController(
      (_key, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    c.start();
    c.enqueue('a');
    await eventually('the run', () => c.load.active === 1);
    let isStopped = false;
    const stopped = c.stop(100).then(() => {
      isStopped = true;
    });
    await clock.advance(99);
    expect(isStopped).toBe(false);
    await clock.advance(1);
    await stopped;
    expect(c.load.active).toBe(0);
  });
});

describe('Q-36, B-OBS-10: the last line of a reconcile tells how it ended', () => {
  const wrong = new Error('it went wrong');
  const rows: [string, () => unknown, string, object][] = [
    ['well', () => undefined, 'debug', { result: 'done' }],
    ['to be looked at again', () => ({ requeueAfterMs: 7 }), 'debug', { result: 'requeued', requeueAfterMs: 7 }],
    ['badly', () => Promise.reject(wrong), 'warn', { result: 'failed', err: wrong, attempt: 1, retryMs: 5 }],
    ['for good', () => Promise.reject(new TerminalError('never')), 'error', { result: 'terminal', err: new TerminalError('never') }],
  ];
  it.each(rows)('%s', async (_, reconcile, level, fields) => {
    const { controller: c, log } = aController(async () => reconcile() as undefined, { fieldsOf: key => ({ promise: 'p', resourceRequest: `p/${key}` }) });
    c.start();
    c.enqueue('ns/a');
    await eventually('the last line', () => log.lines.length === 2);
    const common = { controller: 'test', namespace: 'ns', name: 'a', promise: 'p', resourceRequest: 'p/ns/a' };
    expect(log.lines[0]).toEqual({ level: 'debug', message: 'reconciliation started', fields: { ...common, attempt: 1 } });
    expect(log.lines[1]).toMatchObject({ level, message: 'reconciliation finished', fields: { ...common, ...fields, duration: expect.any(Number) } });
  });
});
