import { createServiceFactory, type BackendFeature } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { AuthorizeResult, type PolicyDecision } from '@backstage/plugin-permission-common';
import { signalsServiceRef, type SignalPayload } from '@backstage/plugin-signals-node';
import type { JsonObject } from '@backstage/types';
import type { ChangeSignal } from '@kratix-ts/backstage-plugin-kratix-common';
import type { DynamicObject } from '@kratix-ts/core/kube';
import { eventually, installOffer, type TestOffer } from '@kratix-ts/core/testing';
import request from 'supertest';
import { kratixPlugin } from '../plugin';
import { checkAnswer } from './checkAnswer';
import { startTestCluster, type TestCluster } from './testCluster';

type Decide = (permission: string, resourceRef?: string) => AuthorizeResult.ALLOW | AuthorizeResult.DENY;

export interface AuditRecord {
  eventId: string;
  meta?: unknown;
  end?: { as: 'success' | 'fail'; meta?: unknown; error?: string };
}

/** The plugin on a cluster with one offer, with what it says and is asked recorded. */
export interface TestPortal {
  cluster: TestCluster;
  offer: TestOffer;
  audits: AuditRecord[];
  signals: ChangeSignal[];
  /** Every line that anything logged. */
  logs: string[];
  /** What the policy answers; by default everything is allowed. */
  decide: (decide: Decide, conditional?: PolicyDecision) => void;
  call: (method: 'get' | 'put' | 'post' | 'delete', path: string, body?: object) => request.Test;
  /** Path of a request, or of its collection where there is no name. */
  url: (name?: string, rest?: string, namespace?: string) => string;
  /** Makes a request and waits until the portal knows it. */
  made: (name: string, extra?: Partial<DynamicObject>) => Promise<DynamicObject>;
  stored: (name: string, namespace?: string) => Promise<DynamicObject>;
  /** Where its HTTP server is. */
  baseUrl: string;
  stop: () => Promise<void>;
}

const user = mockCredentials.user.header();

function recordingLogger(logs: string[]) {
  const line = (message: unknown, meta?: unknown) => void logs.push(`${message instanceof Error ? message.stack : message} ${JSON.stringify(meta ?? {})}`);
  const logger = { debug: line, info: line, warn: line, error: line, child: () => logger };
  return logger;
}

/** `entry` says how the portal reaches the cluster; by default by its kubeconfig. `root` is the rest of the configuration. */
export async function startTestPortal(
  kratix: JsonObject = {},
  features: BackendFeature[] = [],
  entry: (cluster: TestCluster) => Promise<JsonObject> = async ({ kubeconfig }) => ({ kubeconfig }),
  root: JsonObject = {},
): Promise<TestPortal> {
  const cluster = await startTestCluster();
  const offer = await installOffer(cluster.client);
  const logs: string[] = [];
  const signals: ChangeSignal[] = [];
  const audits: AuditRecord[] = [];
  let decide: Decide = () => AuthorizeResult.ALLOW;
  let conditional: PolicyDecision | undefined;
  const permissions = mockServices.permissions.mock({
    authorize: async asked => asked.map(({ permission, ...rest }) => ({ result: decide(permission.name, 'resourceRef' in rest ? String(rest.resourceRef) : undefined) })),
    authorizeConditional: async asked => asked.map(({ permission }) => conditional ?? { result: decide(permission.name) }),
  });
  const auditor = mockServices.auditor.mock({
    createEvent: async ({ eventId, meta }) => {
      const record: AuditRecord = { eventId, meta };
      audits.push(record);
      return {
        success: async end => void (record.end = { as: 'success', meta: end?.meta }),
        fail: async ({ error, meta: last }) => void (record.end = { as: 'fail', error: error.message, meta: last }),
      };
    },
  });
  const config = { ...root, kratix: { ...kratix, clusters: [{ name: 'demo', ...(await entry(cluster)) }] } };
  const logger = recordingLogger(logs);
  const backend = await startTestBackend({
    features: [
      kratixPlugin,
      mockServices.rootConfig.factory({ data: config }),
      permissions.factory,
      auditor.factory,
      mockServices.rootLogger.mock(logger as never).factory,
      createServiceFactory({
        service: signalsServiceRef,
        deps: {},
        factory: () => ({
          publish: async ({ channel, message }: SignalPayload) => {
            if (channel === 'kratix') signals.push(message as ChangeSignal);
          },
        }),
      }),
      ...features,
    ],
  });
  const call: TestPortal['call'] = (method, path, body) => {
    const sent = request(backend.server)
      [method](path)
      .set('authorization', user)
      .expect(checkAnswer);
    return body ? sent.send(body) : sent;
  };
  const url: TestPortal['url'] = (name = '', rest = '', namespace = 'default') =>
    `/api/kratix/v1/requests/demo/${offer.type.group}/v1/${offer.type.plural}/${namespace}${name && `/${name}`}${rest}`;
  const stored: TestPortal['stored'] = (name, namespace = 'default') => cluster.client.get<DynamicObject>(offer.type, { namespace, name });
  await eventually('the offer to be known', async () => (await call('post', `${url()}?dryRun=true`, { spec: { size: 'small' } })).status === 200 || undefined);
  return {
    cluster,
    offer,
    audits,
    signals,
    logs,
    decide: (next, only) => {
      decide = next;
      conditional = only;
    },
    call,
    url,
    baseUrl: `http://localhost:${backend.server.port()}`,
    stored,
    async made(name, extra = {}) {
      const object = await cluster.client.create(offer.type, offer.request(name, extra));
      const { namespace } = object.metadata;
      await eventually(`request ${name} to be known`, async () => (await call('get', url(name, '', namespace))).status === 200 || undefined);
      return object;
    },
    async stop() {
      await backend.stop();
      await offer.remove();
      await cluster.stop();
    },
  };
}
