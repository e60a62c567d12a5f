import type { Entry, StoredObject } from '../store/store';
import { endpointOf } from './endpoint';

function storeOf(objects: Record<string, object[]>) {
  const entries = (kind: string) => (objects[kind] ?? []).map(object => ({ object: object as StoredObject, key: '', json: '', revision: 1 }) as Entry);
  return {
    list: entries,
    get: (kind: string, key: string) => entries(kind).find(({ object: { metadata } }) => `${metadata.namespace}/${metadata.name}` === key),
  };
}

const metadata = (more: object = {}) => ({ name: 'hook', namespace: 'a', ...more });
const service = { metadata: metadata(), spec: { ports: [{ name: 'https', port: 443 }] } };
const slice = (more: object = {}) => ({
  metadata: metadata({ name: 'hook-1', labels: { 'kubernetes.io/service-name': 'hook' } }),
  ports: [{ name: 'https', port: 9443 }],
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: false } }, { addresses: ['10.0.0.2'] }],
  ...more,
});
const reference = { service: { name: 'hook', namespace: 'a', path: '/check' } };

it('goes where the URL says', () => {
  const endpoint = endpointOf({ url: 'https://127.0.0.1:9000/check', caBundle: Buffer.from('PEM').toString('base64') }, 5, storeOf({}));
  expect(endpoint).toEqual({ url: 'https://127.0.0.1:9000/check?timeout=5s', path: '/check?timeout=5s', serverName: '127.0.0.1', host: '127.0.0.1', port: 9000, ca: 'PEM' });
});

it.each<[string, Record<string, object[]>, object]>([
  ['an endpoint slice', { services: [service], 'endpointslices.discovery.k8s.io': [slice()] }, { host: '10.0.0.2', port: 9443 }],
  ['endpoints', { services: [service], endpoints: [{ metadata: metadata(), subsets: [{ addresses: [{ ip: '10.0.0.3' }], ports: [{ port: 9444 }] }] }] }, { host: '10.0.0.3', port: 9444 }],
  ['an external name', { services: [{ metadata: metadata(), spec: { type: 'ExternalName', externalName: 'localhost' } }] }, { host: 'localhost', port: 443 }],
])('finds a Service by %s', (_title, objects, expected) => {
  const names = { url: 'https://hook.a.svc:443/check?timeout=10s', path: '/check?timeout=10s', serverName: 'hook.a.svc' };
  expect(endpointOf(reference, 10, storeOf(objects))).toEqual({ ...names, ...expected });
});

it.each<[string, Record<string, object[]>]>([
  ['service "hook" not found', {}],
  ['no endpoints available for service "hook"', { services: [service], 'endpointslices.discovery.k8s.io': [slice({ endpoints: [] })] }],
  ['no service port 443 found for service "hook"', { services: [{ metadata: metadata(), spec: { ports: [{ port: 80 }] } }] }],
])('says: %s', (message, objects) => expect(() => endpointOf(reference, 10, storeOf(objects))).toThrow(message));
