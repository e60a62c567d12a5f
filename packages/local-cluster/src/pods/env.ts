import { fieldValue, MissingSource, resourceValue, type KeyedData, type Sources } from './sources';
import type { Container, EnvFrom, EnvVar, KeyRef, Pod } from './types';

/** Replaces `$(NAME)` by the value of NAME where it is known; `$$` stands for `$`. */
export function expand(text: string, env: Record<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) {
      return '$';
    }
    return Object.prototype.hasOwnProperty.call(env, name) ? env[name] : whole;
  });
}

function keyOf(kind: 'Secret' | 'ConfigMap', namespace: string, ref: KeyRef, get: (name: string) => KeyedData | undefined): string | undefined {
  const name = ref.name ?? '';
  const data = get(name);
  const value = data?.get(ref.key);
  if (value) {
    return value.toString('utf8');
  }
  if (ref.optional) {
    return undefined;
  }
  throw new MissingSource(data ? `couldn't find key ${ref.key} in ${kind} ${namespace}/${name}` : `${kind.toLowerCase()} "${name}" not found`);
}

function fromAll({ prefix = '', secretRef, configMapRef }: EnvFrom, sources: Sources): Record<string, string> {
  const ref = secretRef ?? configMapRef;
  if (!ref) {
    return {};
  }
  const name = ref.name ?? '';
  const data = secretRef ? sources.secret(name) : sources.configMap(name);
  if (!data && !ref.optional) {
    throw new MissingSource(`${secretRef ? 'secret' : 'configmap'} "${name}" not found`);
  }
  return Object.fromEntries([...(data ?? [])].map(([key, value]) => [prefix + key, value.toString('utf8')]));
}

function valueOf(variable: EnvVar, soFar: Record<string, string>, pod: Pod, container: Container, sources: Sources): string | undefined {
  const from = variable.valueFrom;
  if (!from) {
    return expand(variable.value ?? '', soFar);
  }
  if (from.secretKeyRef) {
    return keyOf('Secret', pod.metadata.namespace, from.secretKeyRef, sources.secret);
  }
  if (from.configMapKeyRef) {
    return keyOf('ConfigMap', pod.metadata.namespace, from.configMapKeyRef, sources.configMap);
  }
  if (from.fieldRef) {
    return fieldValue(pod, from.fieldRef);
  }
  return from.resourceFieldRef && resourceValue([...(pod.spec.initContainers ?? []), ...pod.spec.containers], container, from.resourceFieldRef);
}

export interface EnvInput {
  pod: Pod;
  container: Container;
  sources: Sources;
  /** What the image and the cluster give; the pod's own values win. */
  base: Record<string, string>;
}

/** The environment of a container. Throws {@link MissingSource} for what is named and not there. */
export function containerEnv({ pod, container, sources, base }: EnvInput): Record<string, string> {
  let env = { ...base };
  for (const from of container.envFrom ?? []) {
    env = { ...env, ...fromAll(from, sources) };
  }
  for (const variable of container.env ?? []) {
    const value = valueOf(variable, env, pod, container, sources);
    if (value !== undefined) {
      env[variable.name] = value;
    }
  }
  return env;
}

/** How pods find the API server. */
export function serviceEnv(address: { host: string; port: number }): Record<string, string> {
  const { host, port } = address;
  return {
    KUBERNETES_SERVICE_HOST: host,
    KUBERNETES_SERVICE_PORT: String(port),
    KUBERNETES_SERVICE_PORT_HTTPS: String(port),
    KUBERNETES_PORT: `tcp://${host}:${port}`,
    [`KUBERNETES_PORT_${port}_TCP`]: `tcp://${host}:${port}`,
    [`KUBERNETES_PORT_${port}_TCP_ADDR`]: host,
    [`KUBERNETES_PORT_${port}_TCP_PORT`]: String(port),
    [`KUBERNETES_PORT_${port}_TCP_PROTO`]: 'tcp',
  };
}

/** The program and its arguments: the pod's `command` takes the place of the image's entrypoint and arguments. */
export function commandOf(container: Container, image: { entrypoint: string[]; cmd: string[] }, env: Record<string, string>): string[] {
  const entrypoint = container.command?.length ? container.command : image.entrypoint;
  const imageArgs = container.command?.length ? [] : image.cmd;
  const args = container.args?.length ? container.args : imageArgs;
  return [...entrypoint, ...args].map(part => expand(part, env));
}
