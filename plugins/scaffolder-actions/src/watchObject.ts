import { createCache, type DynamicObject, type KubeClient, type ResourceType } from '@kratix-ts/core/kube';

/**
 * Watches one object until `isDone` says so of it, or of there being none. Resolves with the object as it is then.
 * Rejects when the signal aborts.
 */
export async function watchObject(
  client: KubeClient,
  type: ResourceType,
  { namespace, name }: { namespace?: string; name: string },
  isDone: (object: DynamicObject | undefined) => boolean,
  signal: AbortSignal,
): Promise<DynamicObject | undefined> {
  const cache = createCache(client);
  const place = type.namespaced ? { namespace } : {};
  const informer = cache.informer<DynamicObject>(type, { ...place, fieldSelector: `metadata.name=${name}` });
  const stopped = new AbortController();
  try {
    await informer.whenSynced(signal);
    return await new Promise((resolve, reject) => {
      const look = () => {
        const object = informer.get(type.namespaced ? `${namespace}/${name}` : name);
        if (isDone(object)) resolve(object);
      };
      stopped.signal.addEventListener('abort', informer.onChange(look));
      signal.addEventListener('abort', () => reject(signal.reason), { signal: stopped.signal });
      if (signal.aborted) reject(signal.reason);
      else look();
    });
  } finally {
    stopped.abort();
    await cache.stop();
  }
}
