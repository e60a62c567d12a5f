import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { createBackend } from '@backstage/backend-defaults';
import { ConfigReader } from '@backstage/config';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { catalogModuleKratix } from '../../plugins/kratix-backend/src/catalog/module';

/** As the demo's app-config.yaml has it. */
const POLL = { milliseconds: 250 };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The catalog of Backstage over one cluster, with the entity provider that the plugin adds to it, open to everybody. */
export async function catalog(kubeconfig: string): Promise<void> {
  const port = await freePort();
  const config = new ConfigReader({
    backend: {
      baseUrl: `http://127.0.0.1:${port}`,
      listen: { host: '127.0.0.1', port },
      database: { client: 'better-sqlite3', connection: ':memory:' },
      auth: { dangerouslyDisableDefaultAuthPolicy: true },
    },
    catalog: { rules: [{ allow: ['Component', 'Template', 'Resource'] }], stitchingStrategy: { pollingInterval: POLL } },
    kratix: { clusters: [{ name: 'demo', kubeconfig }] },
  });
  const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
  const backend = createBackend();
  backend.add(createServiceFactory({ service: coreServices.rootConfig, deps: {}, factory: () => config }));
  backend.add(createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => silent }));
  backend.add(import('@backstage/plugin-catalog-backend'));
  backend.add(catalogModuleKratix);
  await backend.start();
  process.on('message', async () => {
    await backend.stop();
    process.exit(0);
  });
  process.send?.(port);
}
