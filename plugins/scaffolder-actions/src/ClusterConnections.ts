import { InputError } from '@backstage/errors';
import { connect, type ImpersonationRule, type KubeClient, type NamedCluster } from '@kratix-ts/core/kube';

/** Clients for the clusters of the configuration, opened when first needed. */
export class ClusterConnections {
  private readonly clients = new Map<string, Promise<KubeClient>>();

  constructor(private readonly entries: NamedCluster[]) {}

  /** The cluster that is meant where nobody names one. */
  get defaultName(): string | undefined {
    return this.entries[0]?.name;
  }

  get names(): string[] {
    return this.entries.map(({ name }) => name);
  }

  /** How the cluster's users are called there, where the portal may act as them. */
  impersonation(name: string): ImpersonationRule | undefined {
    return this.entries.find(entry => entry.name === name)?.impersonate;
  }

  /** Throws InputError when the configuration names no such cluster. */
  async get(name = this.defaultName): Promise<{ name: string; client: KubeClient }> {
    const entry = this.entries.find(candidate => candidate.name === name);
    if (!entry) {
      const names = this.entries.map(candidate => candidate.name).join(', ');
      throw new InputError(name ? `There is no cluster "${name}" in kratix.clusters; there are: ${names || 'none'}` : 'kratix.clusters names no cluster');
    }
    return { name: entry.name, client: await this.open(entry) };
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.clients.values());
    await Promise.all(opened.map(result => (result.status === 'fulfilled' ? result.value.close() : undefined)));
  }

  private open(entry: NamedCluster): Promise<KubeClient> {
    const known = this.clients.get(entry.name);
    if (known) return known;
    const opening = connect({ ...entry.source, fieldManager: 'kratix-ts-portal' });
    this.clients.set(entry.name, opening);
    // A kubeconfig that cannot be read now may be there later.
    opening.catch(() => this.clients.delete(entry.name));
    return opening;
  }
}
