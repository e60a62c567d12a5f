import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { DiscoveryService, LoggerService } from '@backstage/backend-plugin-api';

const PATIENCE_MS = 500;

/**
 * Opens the signals plugin for connections. It begins to accept web sockets only when a first one was asked for, and
 * leaves that one unanswered: the first page after a restart would be without live changes for seconds. So the first one
 * is ours. Never throws; without a signals plugin pages ask by themselves.
 */
export async function wakeSignals(discovery: DiscoveryService, logger: LoggerService): Promise<void> {
  const url = await discovery.getBaseUrl('signals');
  await new Promise<void>(resolve => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, { headers: { connection: 'Upgrade', upgrade: 'websocket' }, timeout: PATIENCE_MS });
    const end = () => {
      request.destroy();
      resolve();
    };
    request.on('timeout', end).on('response', end).on('upgrade', end);
    request.on('error', error => {
      logger.debug(`The signals plugin could not be woken: ${error.message}`);
      resolve();
    });
    request.end();
  });
}
