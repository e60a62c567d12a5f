import { engineConfig, Settings } from './config';
import { CONFIG_MAP, ConfigMapWatch } from './config-map';
import { connect, coreTypes, createCache } from './kube';
import { EventRecorder } from './runtime';
import { aLogger, eventually, FakeApiServer } from './testing';

const map = (config: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...CONFIG_MAP }, data: { config } });

describe('ConfigMapWatch', () => {
  let server: FakeApiServer;
  const ends: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function started() {
    server = await FakeApiServer.start(coreTypes.ConfigMap, coreTypes.Event);
    const client = await connect({ text: server.kubeconfig });
    const log = aLogger();
    const cache = createCache(client, { log });
    const events = new EventRecorder({ client, controller: 'kratix-ts/engine', instance: 'test', log });
    const settings = new Settings(engineConfig.parse({ helperImage: 'helper', cacheDir: '/tmp', jobsToKeep: 4 }));
    const watch = new ConfigMapWatch({ settings, cache, events, log });
    ends.push(() => server.stop(), () => client.close(), () => cache.stop(), () => events.stop(), () => watch.end());
    return { client, settings, watch };
  }

  it('runs with the defaults while there is none, and takes each change at once', async () => {
    const { client, settings, watch } = await started();
    await watch.start();
    expect(settings.current.jobsToKeep).toBe(4);
    await client.create(coreTypes.ConfigMap, map('numberOfJobsToKeep: 2'));
    await eventually('the new value', () => settings.current.jobsToKeep === 2);
    await client.delete(coreTypes.ConfigMap, CONFIG_MAP);
    await eventually('the old value', () => settings.current.jobsToKeep === 4);
  });

  it('reports a wrong value by an event on the ConfigMap, and keeps the last good one', async () => {
    const { client, settings, watch } = await started();
    await client.create(coreTypes.ConfigMap, map('numberOfJobsToKeep: 2'));
    await watch.start();
    await client.patch(coreTypes.ConfigMap, CONFIG_MAP, { data: { config: 'numberOfJobsToKeep: none\nnumberOfRuns: 1' } }, { kind: 'merge' });
    const notes = await eventually('two events', async () => {
      const { items } = await client.list(coreTypes.Event);
      return items.length === 2 ? items.map(item => item as { reason?: string; note?: string }) : undefined;
    });
    expect(notes.map(({ reason, note }) => [reason, note]).sort()).toEqual([
      ['InvalidConfiguration', 'numberOfJobsToKeep: Invalid input: expected number, received string; 2 stays in use'],
      ['UnknownConfiguration', 'unknown key numberOfRuns'],
    ]);
    expect(settings.current.jobsToKeep).toBe(2);
  });
});
