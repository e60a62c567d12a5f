import { connect, type KubeClient } from '@kratix-ts/core/kube';
import { aLogger } from '@kratix-ts/core/testing';
import { startCluster } from '@kratix-ts/local-cluster';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestCluster {
  kubeconfig: string;
  client: KubeClient;
  stop: () => Promise<void>;
}

/** The API server that TEST_KUBECONFIG names, else an embedded one without pods. */
export async function startTestCluster(): Promise<TestCluster> {
  const given = process.env.TEST_KUBECONFIG;
  const dir = await mkdtemp(join(tmpdir(), 'kratix-portal-'));
  const embedded = given ? undefined : await startCluster({ dir, pods: false, log: aLogger() });
  const kubeconfig = given ?? embedded?.kubeconfig ?? '';
  const client = await connect({ file: kubeconfig });
  return {
    kubeconfig,
    client,
    async stop() {
      await client.close();
      await embedded?.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
