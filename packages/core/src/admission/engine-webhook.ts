import type { EngineContext } from '../controllers/context';
import type { KubeClient } from '../kube';
import type { FindOverlap } from './object-rules';
import { serverProblems } from './server-checks';
import { admitted, type StoredObjects } from './verdict';
import { Webhook } from './webhook';

/** The webhook of an engine, judging by what the engine's cache holds; undefined where its configuration asks for none. */
export async function engineWebhook(engine: EngineContext, overlap: FindOverlap): Promise<Webhook | undefined> {
  const { admission } = engine.config;
  if (!admission) return undefined;
  const { api, cache, log } = engine;
  const self = await userOf(api.client);
  const webhook = new Webhook({
    api,
    cache,
    log: log.child({ runnable: 'webhook' }),
    ...admission,
    isEnabled: () => engine.config.admissionEnabled,
    rules: {
      stored: storedIn(engine),
      overlap,
      ask: (promise, isKnown) => serverProblems(promise, isKnown, { client: api.client, settings: () => engine.config }),
      further: async () => admitted,
      ...(self && { self }),
    },
  });
  engine.settings.onChange((now, before) => {
    if (now.admissionEnabled !== before.admissionEnabled) void webhook.look();
  });
  return webhook;
}

function storedIn({ informers }: EngineContext): StoredObjects {
  return {
    promises: () => informers.promises.list(),
    promise: name => informers.promises.get(name),
    revisions: promise => informers.revisions.byIndex('promise', promise),
    definitions: () => informers.crds.list(),
    destinations: () => informers.destinations.list(),
    hasStore: ({ kind, name }) => Boolean(kind === 'GitStateStore' ? informers.gitStores.get(name) : informers.bucketStores.get(name)),
  };
}

/** Who the API server takes this engine for; servers before 1.28 do not say. */
async function userOf(client: KubeClient): Promise<string | undefined> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  try {
    const { status } = await client.request<{ status?: { userInfo?: { username?: string } } }>('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body });
    return status?.userInfo?.username;
  } catch {
    return undefined;
  }
}
