import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockServices } from '@backstage/backend-test-utils';
import { wakeSignals } from './wakeSignals';

const logger = mockServices.logger.mock();
const discoveryOf = (url: string) => ({ getBaseUrl: async () => url, getExternalBaseUrl: async () => url });

async function listen(server: Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/signals`;
}

describe('wakeSignals', () => {
  it('asks for a web socket, and does not wait for an answer that never comes', async () => {
    const asked: string[] = [];
    const server = createServer(request => asked.push(`${request.url} ${request.headers.upgrade}`));
    const url = await listen(server);
    await wakeSignals(discoveryOf(url), logger);
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    expect(asked).toEqual(['/api/signals websocket']);
  });

  it('does not mind when nobody listens', async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise(resolve => server.close(resolve));
    await expect(wakeSignals(discoveryOf(url), logger)).resolves.toBeUndefined();
  });
});
