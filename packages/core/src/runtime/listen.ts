import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Splits `host:port`; IPv6 hosts stand in brackets. Throws when the port is none. */
export function parseAddress(address: string): { host?: string; port: number } {
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon < 0 || address.endsWith(':') || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`"${address}" is no address; give HOST:PORT, or :PORT for all addresses`);
  }
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return host ? { host, port } : { port };
}

/** Settles with the port once the server listens; rejects when it cannot. */
export function listen(server: HttpServer | HttpsServer, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(parseAddress(address), () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Settles when nobody is connected any more; whoever is being answered has this many milliseconds. */
export function close(server: HttpServer | HttpsServer, graceMs = 0): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeIdleConnections();
    if (graceMs === 0) server.closeAllConnections();
    else setTimeout(() => server.closeAllConnections(), graceMs).unref();
  });
}
