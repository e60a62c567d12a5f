import type { EngineContext } from '../controllers/context';
import { storeAddress } from '../controllers/placed';
import type { KubeClient } from '../kube';
import { destinationProblem } from '../scheduling';
import { serverProblems } from './server-checks';
import type { StoredObjects } from './verdict';
import { Webhook } from './webhook';

/** The webhook of an engine, judging by what the engine's cache holds; undefined where its configuration asks for none. */
export async function engineWebhook(engine: EngineContext): Promise<Webhook | undefined> {
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
      // one that is being created comes after all that are there
      overlap: ({ metadata, ...rest }) => {
        const destination = { ...rest, metadata: { ...metadata, creationTimestamp: metadata.creationTimestamp ?? engine.now().toISOString() } };
        return destinationProblem(destination, engine.informers.destinations.list(), ref => storeAddress(engine, ref));
      },
      ask: (promise, isKnown) => serverProblems(promise, isKnown, { client: api.client, settings: () => engine.config }),
      further: (kind, object, previous) => engine.registry.judge(kind, object, previous),
      ...(self && { self }),
    },
  });
  engine.settings.onChange((now, before) => {
    if (now.admissionEnabled !== before.admissionEnabled) void webhook.look();
  });
  return webhook;
}

function storedIn(engine: EngineContext): StoredObjects {
  const { informers } = engine;
  return {
    promises: () => informers.promises.list(),
    promise: name => informers.promises.get(name),
    revisions: promise => informers.revisions.byIndex('promise', promise),
    definitions: () => informers.crds.list(),
    destinations: () => informers.destinations.list(),
    hasStore: ref => engine.isStoreThere(ref),
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
