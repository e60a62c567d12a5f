import { Stores } from './stores';

const ref = { kind: 'GitStateStore', name: 'main' };
const nothing = async () => ({ version: '', differences: [] });
const aStore = () => ({ submit: nothing, compare: nothing, read: async () => new Map<string, string>(), check: async () => {}, refetch: async () => {}, close: async () => {} });

describe('Stores', () => {
  it('a store is of use once it was checked, and says so, whatever its API object says already', async () => {
    const stores = new Stores();
    const told: string[] = [];
    stores.onChange((kind, name) => void told.push(`${kind}/${name}`));
    const store = await stores.ensure('GitStateStore', 'main', 'f', aStore);
    expect([stores.of(ref), stores.problemOf(ref), told]).toEqual([undefined, undefined, []]);
    stores.ready('GitStateStore', 'main');
    stores.ready('GitStateStore', 'main');
    expect([stores.of(ref), told]).toEqual([store, ['GitStateStore/main']]);
  });
  it('one that is taken out of use says why, once', async () => {
    const stores = new Stores();
    let told = 0;
    stores.onChange(() => void (told += 1));
    await stores.drop('GitStateStore', 'main', 'no Secret');
    await stores.ensure('GitStateStore', 'main', 'f', aStore);
    await stores.drop('GitStateStore', 'main', 'no Secret');
    expect([stores.problemOf(ref), told]).toEqual(['no Secret', 1]);
  });
  it('one that is out of reach for a while stays open', async () => {
    const stores = new Stores();
    const store = await stores.ensure('GitStateStore', 'main', 'f', aStore);
    stores.ready('GitStateStore', 'main');
    stores.suspend('GitStateStore', 'main', 'nobody answers');
    expect([stores.of(ref), stores.problemOf(ref)]).toEqual([undefined, 'nobody answers']);
    expect(await stores.ensure('GitStateStore', 'main', 'f', aStore)).toBe(store);
    stores.ready('GitStateStore', 'main');
    expect([stores.of(ref), stores.problemOf(ref)]).toEqual([store, undefined]);
  });
});
