import type { Store, StoredObject } from '../store/store';
import { isObject, type Json } from '../schema/types';
import type { ServiceReference, WebhookClientConfig } from './types';

/** Where a webhook is called, and whose certificate it must show. */
export interface Endpoint {
  /** In full, as errors name it. */
  url: string;
  /** The path with its query. */
  path: string;
  /** The name that the certificate must bear. */
  serverName: string;
  /** Where to connect; the URL's host and port unless a Service stands in between. */
  host: string;
  port: number;
  /** PEM; without it the authorities of this machine count. */
  ca?: string;
}

const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const part = (object: Json | undefined, field: string): Json => (isObject(object?.[field]) ? object[field] : {});

/** Finds the address behind a webhook's configuration. Throws an Error that says what of its Service is missing. */
export function endpointOf({ url, service, caBundle }: WebhookClientConfig, timeoutSeconds: number, store: Pick<Store, 'get' | 'list'>): Endpoint {
  const ca = caBundle ? { ca: Buffer.from(caBundle, 'base64').toString('utf8') } : {};
  if (url) {
    const { hostname, port, pathname } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    return { url: `${url}?timeout=${timeoutSeconds}s`, path: `${pathname}?timeout=${timeoutSeconds}s`, serverName: host, host, port: Number(port) || 443, ...ca };
  }
  if (!service) throw new Error('webhook configuration must have either service or URL');
  const { name, namespace, port = 443, path: given = '' } = service;
  const serverName = `${name}.${namespace}.svc`;
  const path = `${given.startsWith('/') ? given : `/${given}`}?timeout=${timeoutSeconds}s`;
  const full = `https://${serverName}:${port}${path}`;
  try {
    return { url: full, path, serverName, ...addressOf(service, store), ...ca };
  } catch (error) {
    throw new Error(`failed to call webhook: Post ${JSON.stringify(full)}: ${(error as Error).message}`);
  }
}

function addressOf({ name, namespace, port = 443 }: ServiceReference, store: Pick<Store, 'get' | 'list'>): { host: string; port: number } {
  const service = store.get('services', `${namespace}/${name}`)?.object;
  if (!service) throw new Error(`service ${JSON.stringify(name)} not found`);
  const spec = part(service, 'spec');
  if (spec.type === 'ExternalName') return { host: String(spec.externalName), port };
  const servicePort = objects(spec.ports).find(known => known.port === port);
  if (!servicePort) throw new Error(`no service port ${port} found for service ${JSON.stringify(name)}`);
  const found = [...slicesOf(service, store), ...endpointsOf(service, store)].flatMap(({ ports, addresses }) => {
    const match = ports.find(known => (known.name ?? '') === (servicePort.name ?? '')) ?? (ports.length === 1 ? ports[0] : undefined);
    return match && addresses.length > 0 ? [{ host: addresses[0], port: Number(match.port) }] : [];
  });
  if (found.length === 0) throw new Error(`no endpoints available for service ${JSON.stringify(name)}`);
  return found[0];
}

interface Backends {
  ports: Json[];
  addresses: string[];
}

function slicesOf({ metadata: { name, namespace } }: StoredObject, store: Pick<Store, 'list'>): Backends[] {
  return store
    .list('endpointslices.discovery.k8s.io')
    .filter(({ object: { metadata } }) => metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === name)
    .map(({ object }) => ({
      ports: objects(object.ports),
      addresses: objects(object.endpoints)
        .filter(endpoint => part(endpoint, 'conditions').ready !== false)
        .flatMap(({ addresses }) => (Array.isArray(addresses) ? addresses.map(String) : [])),
    }));
}

function endpointsOf({ metadata: { name, namespace } }: StoredObject, store: Pick<Store, 'get'>): Backends[] {
  const subsets = objects(store.get('endpoints', `${namespace}/${name}`)?.object.subsets);
  return subsets.map(subset => ({ ports: objects(subset.ports), addresses: objects(subset.addresses).map(({ ip }) => String(ip)) }));
}
