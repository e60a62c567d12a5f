import { readFile } from 'node:fs/promises';
import { type KubeClient, type ObjectRef, parseYaml, toYaml } from '@kratix-ts/core/kube';

/** A kubeconfig (its text) like the one of this file that speaks for a service account alone, for an hour. */
export async function kubeconfigOf(kube: KubeClient, file: string, { namespace, name }: ObjectRef): Promise<string> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } };
  const { status } = await kube.request<{ status: { token: string } }>('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, { body });
  const config = parseYaml(await readFile(file, 'utf8')) as { users: { name: string; user: unknown }[] };
  config.users = config.users.map(user => ({ name: user.name, user: { token: status.token } }));
  return toYaml(config);
}
