import type { KubeClient, ResourceType } from '@kratix-ts/core/kube';

const NAMESPACE = 'kratix-platform-system';
const name = 'kratix-platform-webhook-service';
const services: ResourceType = { group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true };
const slices: ResourceType = { group: 'discovery.k8s.io', version: 'v1', kind: 'EndpointSlice', plural: 'endpointslices', namespaced: true };

/** Sends the API server's questions about writes to an engine on this machine, as the manifests' Service does in a cluster. */
export async function routeWebhook(kube: KubeClient, port: number): Promise<void> {
  const metadata = { name, namespace: NAMESPACE };
  const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ name: 'https', port: 443 }] } };
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: 'https', port }],
    endpoints: [{ addresses: ['127.0.0.1'] }],
  };
  await kube.patch(services, metadata, service, { kind: 'apply', force: true });
  await kube.patch(slices, metadata, slice, { kind: 'apply', force: true });
}
