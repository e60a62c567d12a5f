import { type KubeClient, parseApiVersion, type ResourceType } from '@kratix-ts/core/kube';

/** Finds out where a kind is served; asks the server once per group and version, and again for kinds it did not know. */
export class ServedTypes {
  private readonly known = new Map<string, ResourceType>();

  constructor(private readonly kube: KubeClient) {}

  /** Throws when the server serves no such kind (yet). */
  async find(apiVersion: string, kind: string): Promise<ResourceType> {
    const key = `${apiVersion}|${kind}`;
    const known = this.known.get(key);
    if (known) return known;
    const { group, version } = parseApiVersion(apiVersion);
    for (const type of await this.kube.discover(group, version)) this.known.set(`${apiVersion}|${type.kind}`, type);
    const found = this.known.get(key);
    if (!found) throw new Error(`the cluster serves no kind ${kind} in ${apiVersion}; is its definition installed?`);
    return found;
  }

  /** To be asked anew: a kind may have been taken away or served otherwise. */
  forget(apiVersion: string, kind: string): void {
    this.known.delete(`${apiVersion}|${kind}`);
  }
}
