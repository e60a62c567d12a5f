import { readFile } from 'node:fs/promises';
import { type KubeClient, type ObjectRef, parseYaml, toYaml } from '@kratix-ts/core/kube';

/** A token of a service account, good for an hour. */
export async function tokenOf(kube: KubeClient, { namespace, name }: ObjectRef): Promise<string> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } };
  const { status } = await kube.request<{ status: { token: string } }>('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, { body });
  return status.token;
}

/** A kubeconfig (its text) like the one of this file that speaks for a service account alone. */
export async function kubeconfigOf(kube: KubeClient, file: string, account: ObjectRef): Promise<string> {
  const token = await tokenOf(kube, account);
  const config = parseYaml(await readFile(file, 'utf8')) as { users: { name: string; user: unknown }[] };
  config.users = config.users.map(({ name }) => ({ name, user: { token } }));
  return toYaml(config);
}
