import { apiVersionOf, resourceName } from './gvk';
import { CacheOptions, InformerShare, SharedInformer } from './shared-informer';
import type { Cache, Informer, InformerOptions, KubeClient, KubeObject, ResourceType } from './types';

class SharedCache implements Cache {
  private readonly shared = new Map<string, SharedInformer<KubeObject>>();
  private readonly ending = new Set<Promise<void>>();
  private isStopped = false;

  constructor(private readonly client: KubeClient, private readonly options: CacheOptions) {}

  informer<T extends KubeObject>(type: ResourceType, selector: InformerOptions = {}): Informer<T> {
    if (this.isStopped) throw new Error(`the cache is stopped; no informer for ${resourceName(type)} can be made`);
    const { namespace = '', labelSelector = '', fieldSelector = '' } = selector;
    const id = JSON.stringify([apiVersionOf(type), type.plural, namespace, labelSelector, fieldSelector]);
    let shared = this.shared.get(id);
    if (!shared) {
      shared = new SharedInformer<KubeObject>(this.client, type, selector, this.options);
      this.shared.set(id, shared);
    }
    const mine = shared;
    mine.users += 1;
    return new InformerShare<KubeObject>(mine, () => {
      mine.users -= 1;
      if (mine.users > 0) return;
      this.shared.delete(id);
      const end = mine.stop().finally(() => this.ending.delete(end));
      this.ending.add(end);
    }) as Informer<KubeObject> as Informer<T>;
  }

  running(type: ResourceType): Informer<KubeObject>[] {
    return [...this.shared.values()]
      .filter(({ type: { group, plural } }) => group === type.group && plural === type.plural)
      .map(shared => new InformerShare<KubeObject>(shared, () => {}));
  }

  async stop() {
    this.isStopped = true;
    const all = [...this.shared.values()];
    this.shared.clear();
    await Promise.all([...all.map(shared => shared.stop()), ...this.ending]);
  }
}

/** Makes the informers of one server: one watch for each kind and selector, shared by all who ask. */
export function createCache(client: KubeClient, options: CacheOptions = {}): Cache {
  return new SharedCache(client, options);
}
