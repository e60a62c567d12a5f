import { aLogger, eventually } from '../testing';
import type { DestinationObject, WorkflowRunObject, WorkObject } from '../api';
import type { EnginePlugin, PluginContext } from '../plugin';
import { chooseByHash } from '../scheduling';
import { StoreError, type StateStore, type StateStoreType, type StoreOptions } from '../statestore';
import { guardedType } from './guarded-store';
import { loadPlugins } from './load';
import { registryOf } from './registry';

const scheduler: EnginePlugin = { name: 'scheduler', chooseDestination: chooseByHash };
const destination = (name: string): DestinationObject => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Destination', metadata: { name } });
const work: WorkObject = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Work', metadata: { name: 'w', namespace: 'default', uid: 'u' } };
const options: StoreOptions = { name: 's', spec: {}, allowLocal: false, cacheDir: '/tmp' };
const version = { version: '', differences: [] };

const aStore = (more: Partial<StateStore> = {}): StateStore => ({ submit: async () => version, compare: async () => version, read: async () => new Map(), check: async () => {}, refetch: async () => {}, close: async () => {}, ...more });
const aType = (more: Partial<StateStore>, patienceMs?: number): StateStoreType => guardedType('shelf', { kind: 'ShelfStore', create: () => aStore(more), ...(patienceMs !== undefined && { patienceMs }) });
const failureOf = (call: Promise<unknown>) => call.then(() => undefined, ({ name, reason, message }: StoreError) => ({ name, reason, message }));

describe('loading plugins', () => {
  const record = () => {};
  const load = (entries: { package: string; options?: Record<string, unknown> }[], modules: Record<string, unknown> = {}) =>
    loadPlugins(entries.map(entry => ({ options: {}, ...entry })), { folder: __dirname, log: aLogger(), record, importModule: async url => ({ default: modules[url.split('/').at(-1) ?? ''] }) });

  it('brings the built-in ones by their names', async () => {
    const { plugins, problems } = await load([{ package: 'git-store' }, { package: 'label-scheduler' }, { package: 'event-recorder' }]);
    expect(problems).toEqual([]);
    expect(plugins.map(({ name }) => name)).toEqual(['git-store', 'label-scheduler', 'event-recorder']);
  });

  it('goes without one that is not installed, and names it', async () => {
    const { plugins, problems } = await load([{ package: 'no-such-package' }, { package: 'git-store' }]);
    expect(plugins).toHaveLength(1);
    expect(problems).toEqual([`plugin "no-such-package": it is not installed in ${__dirname}/node_modules; install it, or take it out of plugins`]);
  });

  it.each([
    ['no plugin at all', 5, 'its default export is no plugin: Invalid input: expected object, received number'],
    ['a field that nobody knows', { name: 'x', stores: [] }, 'its default export is no plugin: Unrecognized key: "stores"'],
    ['a store that cannot be made', { name: 'x', stateStores: [{ kind: 'A' }] }, 'its default export is no plugin: stateStores[0].create: must be a function'],
    ['one that throws', () => { throw new Error('options.url is missing'); }, 'options.url is missing'],
  ])('refuses %s, naming the field', async (_what, brought, words) => {
    // any package that is there will do: what it brings is said above
    const { problems } = await load([{ package: 'zod' }], { 'index.cjs': brought });
    expect(problems).toEqual([`plugin "zod": ${words}`]);
  });

  it('hands over options, a logger and events', async () => {
    const make = ({ options: given, log }: PluginContext): EnginePlugin => {
      log.info({}, 'made');
      return { name: String(given.name) };
    };
    expect((await load([{ package: 'zod', options: { name: 'mine' } }], { 'index.cjs': make })).plugins).toEqual([{ name: 'mine' }]);
  });
});

describe('a store of a plugin', () => {
  it('that throws names its plugin in what conditions show', async () => {
    const store = aType({ submit: async () => { throw new TypeError('undefined is not a shelf'); } }).create(options);
    expect(await failureOf(store.submit({ id: 'x', owns: null, put: new Map(), remove: [] }))).toEqual({ name: 'StoreError', reason: 'LocalFault', message: 'plugin "shelf": undefined is not a shelf' });
  });

  it('keeps the reason of an error that only looks like ours, as of another copy of this package', async () => {
    const foreign = Object.assign(new Error('no such shelf'), { name: 'StoreError', reason: 'NotFound' });
    expect(await failureOf(aType({ check: () => Promise.reject(foreign) }).create(options).check())).toMatchObject({ reason: 'NotFound', message: 'plugin "shelf": no such shelf' });
  });

  it('that hangs is given up after its time', async () => {
    const store = aType({ check: () => new Promise(() => {}) }, 20).create(options);
    expect(await failureOf(store.check())).toEqual({ name: 'StoreError', reason: 'TimedOut', message: 'plugin "shelf": check did not end within 0.02 s' });
  });

  it('that cannot be closed holds up no end', () => expect(aType({ close: () => Promise.reject(new Error('stuck')) }).create(options).close()).resolves.toBeUndefined());
});

describe('what plugins add up to', () => {
  it('is refused when two bring one kind, or nobody schedules', () => {
    const type = (name: string): EnginePlugin => ({ name, stateStores: [{ kind: 'ShelfStore', create: () => aStore() }] });
    expect(() => registryOf([scheduler, type('a'), type('b')], aLogger())).toThrow('engine plugins "a" and "b" both bring state stores of kind ShelfStore; take one of them out');
    expect(() => registryOf([], aLogger())).toThrow('put "label-scheduler" into plugins');
  });

  it('lets the last policy decide, and names it when it fails', () => {
    const [eu, us] = [destination('eu'), destination('us')];
    const choose = (chooseDestination: EnginePlugin['chooseDestination']) => registryOf([scheduler, { name: 'mine', chooseDestination }], aLogger()).chooseDestination(work, {}, [eu, us]);
    expect(choose((_work, _group, candidates) => candidates[1])).toBe(us);
    expect(() => choose(() => { throw new Error('no map'); })).toThrow('plugin "mine": no map');
    expect(() => choose(() => destination('mars'))).toThrow('plugin "mine": chooseDestination answered with no Destination that matches');
  });

  it('tells every listener, whatever the one before does', async () => {
    const seen: string[] = [];
    const log = aLogger();
    const listener = (name: string, onRun: (run: WorkflowRunObject) => void | Promise<void>): EnginePlugin => ({ name, listeners: [{ onRun, onEvent: ({ reason }) => void seen.push(`${name}: ${reason}`) }] });
    const registry = registryOf([scheduler, listener('throws', () => { throw new Error('a'); }), listener('rejects', async () => { throw new Error('b'); }), listener('works', ({ metadata }) => void seen.push(metadata.name))], log);
    registry.tellRun({ metadata: { name: 'run' } } as WorkflowRunObject);
    registry.tellEvent({ object: work, reason: 'Ready', message: 'is ready' });
    expect(seen).toEqual(['run', 'throws: Ready', 'rejects: Ready', 'works: Ready']);
    await eventually('both failures in the log', () => log.lines.length === 2);
    expect(log.lines.map(({ fields, message }) => [fields.plugin, message])).toEqual([['throws', 'onRun of a listener failed'], ['rejects', 'onRun of a listener failed']]);
  });

  it('asks the rules of a kind; one that throws or hangs lets the write pass, with a warning that names it', async () => {
    const rule = (name: string, problems: () => string[] | Promise<string[]>): EnginePlugin => ({ name, admission: [{ kind: 'Promise', problems }] });
    const registry = registryOf([scheduler, rule('strict', () => ['metadata.labels.team is missing; name who owns it']), rule('broken', () => { throw new Error('oops'); }), rule('slow', () => new Promise(() => {}))], aLogger());
    expect(await registry.judge('Promise', work, undefined)).toEqual({
      problems: ['metadata.labels.team is missing; name who owns it'],
      warnings: ['plugin "broken": its rule was left out: oops', 'plugin "slow": its rule was left out: its admission rule did not end within 1 s'],
    });
    expect(await registry.judge('Destination', work, undefined)).toEqual({ problems: [], warnings: [] });
  });
});
