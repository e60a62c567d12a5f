import { permissionsServiceFactory } from '@backstage/backend-defaults/permissions';
import { permissionsRegistryServiceFactory } from '@backstage/backend-defaults/permissionsRegistry';
import { coreServices, createBackendModule, createServiceFactory, type BackendFeature, type ExtensionPoint, type HttpAuthService } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend, type TestBackend } from '@backstage/backend-test-utils';
import { AuthorizeResult, isResourcePermission, type PolicyDecision } from '@backstage/plugin-permission-common';
import permissionPlugin from '@backstage/plugin-permission-backend';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import type { JsonObject } from '@backstage/types';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { coreTypes } from '@kratix-ts/core/kube';
import { eventually, installOffer, type TestOffer } from '@kratix-ts/core/testing';
import request from 'supertest';
import { kratixPlugin } from '../plugin';
import { startTestCluster, type TestCluster } from './testCluster';

/** The caller may work in A, and B is none of its business. */
export const [A, B] = ['team-a', 'team-b'];

/** What the policy says at the moment. */
export interface Policy {
  /** Permissions that nobody has. */
  denied: string[];
  /** Whether those about requests are for namespace A alone. */
  isLimited: boolean;
}

/** The plugin behind a permission policy, as an adopter runs it, with a request in A and one in B. */
export interface GuardedPortal {
  cluster: TestCluster;
  offer: TestOffer;
  policy: Policy;
  /** Messages to open pages. */
  signals: unknown[];
  /** A call of the signed-in user. */
  send: (method: string, path: string, body?: object) => request.Test;
  stop: () => Promise<void>;
}

function policyModule(policy: Policy): BackendFeature {
  return createBackendModule({
    pluginId: 'permission',
    moduleId: 'test-policy',
    register(env) {
      env.registerInit({
        deps: { policies: policyExtensionPoint },
        async init({ policies }) {
          policies.setPolicy({
            async handle({ permission }): Promise<PolicyDecision> {
              if (policy.denied.includes(permission.name)) return { result: AuthorizeResult.DENY };
              if (!policy.isLimited || !isResourcePermission(permission, 'kratix-request')) return { result: AuthorizeResult.ALLOW };
              const conditions = { rule: 'IN_NAMESPACE', resourceType: 'kratix-request', params: { namespaces: [A] } };
              return { result: AuthorizeResult.CONDITIONAL, pluginId: 'kratix', resourceType: 'kratix-request', conditions };
            },
          });
        },
      });
    },
  });
}

/** Real tokens of one plugin on behalf of a user name the plugin as their actor, which the mocked ones do not. */
const httpAuth = createServiceFactory({
  service: coreServices.httpAuth,
  deps: { plugin: coreServices.pluginMetadata },
  factory({ plugin }) {
    const mocked = mockServices.httpAuth({ pluginId: plugin.getId() });
    const credentials = async (...asked: Parameters<HttpAuthService['credentials']>) => {
      const found = await mocked.credentials(...asked);
      const principal: object = Object(found.principal);
      const isUser = 'type' in principal && principal.type === 'user';
      return isUser ? { ...found, principal: { ...principal, actor: { type: 'service', subject: 'plugin:kratix' } } } : found;
    };
    return { credentials: credentials as HttpAuthService['credentials'], issueUserCookie: mocked.issueUserCookie.bind(mocked) };
  },
});

export interface GuardedPortalOptions {
  features?: BackendFeature[];
  extensionPoints?: [ExtensionPoint<object>, object][];
  /** Configuration beside the clusters and limits. */
  kratix?: JsonObject;
  /** Labels of the two requests. */
  labels?: Record<string, string>;
}

export async function startGuardedPortal({ features = [], extensionPoints = [], kratix = {}, labels = {} }: GuardedPortalOptions = {}): Promise<GuardedPortal> {
  const policy: Policy = { denied: [], isLimited: false };
  const signals: unknown[] = [];
  const cluster = await startTestCluster();
  const offer = await installOffer(cluster.client);
  for (const name of [A, B]) {
    await cluster.client.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await cluster.client.create(offer.type, offer.request(`in-${name}`, { metadata: { name: `in-${name}`, namespace: name, labels } }));
  }
  const backend: TestBackend = await startTestBackend({
    extensionPoints,
    features: [
      kratixPlugin,
      permissionPlugin,
      policyModule(policy),
      httpAuth,
      permissionsServiceFactory,
      permissionsRegistryServiceFactory,
      createServiceFactory({ service: signalsServiceRef, deps: {}, factory: () => ({ publish: async ({ message }) => void signals.push(message) }) }),
      mockServices.rootConfig.factory({
        data: { permission: { enabled: true }, kratix: { ...kratix, clusters: [{ name: 'demo', kubeconfig: cluster.kubeconfig }], limits: { changesPerMinute: 10_000 } } },
      }),
      ...features,
    ],
  });
  const send: GuardedPortal['send'] = (method, path, body) => {
    const agent = request(backend.server);
    const sent = { get: agent.get, put: agent.put, post: agent.post, delete: agent.delete }[method]!.call(agent, path);
    const asked = sent.set('authorization', mockCredentials.user.header());
    return body ? asked.send(body) : asked;
  };
  await eventually('both requests to be known', async () => {
    const { body } = await send('get', '/api/kratix/v1/requests');
    if (body.error) throw new Error(body.error.message);
    return body.items.length === 2 || undefined;
  });
  return {
    cluster,
    offer,
    policy,
    signals,
    send,
    async stop() {
      await backend.stop();
      await offer.remove();
      await cluster.stop();
    },
  };
}
