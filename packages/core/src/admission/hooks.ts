import { BucketStateStore, Destination, Promise as PromiseKind, PromiseRelease, PromiseRevision } from '../api';
import type { KubeObject, ResourceType } from '../kube/types';
import { GROUP, SYSTEM_NAMESPACE, VERSION } from '../wire/names';

type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** One webhook of Kratix' two configurations. */
export interface Hook {
  name: string;
  path: string;
  type: ResourceType;
  operations: Operation[];
}

const pathOf = (verb: 'mutate' | 'validate', { kind }: ResourceType) => `/${verb}-${GROUP.replaceAll('.', '-')}-${VERSION}-${kind.toLowerCase()}`;

const hook = (verb: 'mutate' | 'validate', name: string, type: ResourceType, ...operations: Operation[]): Hook => ({ name, path: pathOf(verb, type), type, operations });

/** Source: kratix-behaviour.md §1.12. */
export const mutatingHooks: readonly Hook[] = [hook('mutate', 'mdestination.kb.io', Destination.type, 'CREATE', 'UPDATE')];

/** Upstream's webhook that changes nothing: not asked for, and answered where upstream's configuration is still there. */
export const IDLE_PATH = pathOf('mutate', PromiseKind.type);

export const validatingHooks: readonly Hook[] = [
  hook('validate', 'vbucketstatestore-v1alpha1.kb.io', BucketStateStore.type, 'CREATE', 'UPDATE'),
  hook('validate', 'vdestination.kb.io', Destination.type, 'CREATE', 'UPDATE'),
  hook('validate', 'vpromise.kb.io', PromiseKind.type, 'CREATE', 'UPDATE'),
  hook('validate', 'vpromiserelease.kb.io', PromiseRelease.type, 'CREATE', 'UPDATE'),
  hook('validate', 'vpromiserevision-v1alpha1.kb.io', PromiseRevision.type, 'CREATE', 'UPDATE', 'DELETE'),
];

/** How the API server reaches the webhooks: through a Service, or where it runs on this machine by an address. */
export type Reach = { service: { name: string; namespace: string; port: number } } | { url: string };

/** Upstream's Service. */
export const WEBHOOK_SERVICE = { name: 'kratix-platform-webhook-service', namespace: SYSTEM_NAMESPACE, port: 443 };

export const configurationTypes = {
  mutating: { group: 'admissionregistration.k8s.io', version: 'v1', kind: 'MutatingWebhookConfiguration', plural: 'mutatingwebhookconfigurations', namespaced: false },
  validating: { group: 'admissionregistration.k8s.io', version: 'v1', kind: 'ValidatingWebhookConfiguration', plural: 'validatingwebhookconfigurations', namespaced: false },
} as const satisfies Record<string, ResourceType>;

/** Upstream's names, so that the one engine's configuration replaces the other's. */
export const CONFIGURATION_NAMES = { mutating: 'kratix-platform-mutating-webhook-configuration', validating: 'kratix-platform-validating-webhook-configuration' } as const;

export interface ConfigurationOptions {
  reach: Reach;
  /** PEM. */
  authority: string;
  failurePolicy: 'Fail' | 'Ignore';
}

/** A configuration as the API server is given it; without options, it asks nobody. */
export function configurationOf(which: 'mutating' | 'validating', options: ConfigurationOptions | undefined): KubeObject & { webhooks: unknown[] } {
  const hooks = which === 'mutating' ? mutatingHooks : validatingHooks;
  const { group, version, kind } = configurationTypes[which];
  return { apiVersion: `${group}/${version}`, kind, metadata: { name: CONFIGURATION_NAMES[which] }, webhooks: options ? hooks.map(each => webhookOf(each, options)) : [] };
}

function webhookOf({ name, path, type, operations }: Hook, { reach, authority, failurePolicy }: ConfigurationOptions) {
  const address = 'url' in reach ? { url: `${reach.url}${path}` } : { service: { ...reach.service, path } };
  return {
    name,
    admissionReviewVersions: ['v1'],
    clientConfig: { ...address, caBundle: Buffer.from(authority).toString('base64') },
    rules: [{ apiGroups: [type.group], apiVersions: [type.version], operations, resources: [type.plural], scope: '*' }],
    failurePolicy,
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    timeoutSeconds: 10,
  };
}
