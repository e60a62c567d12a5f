import { fieldError, type FieldError } from '../registry/errors';
import type { Strategy } from '../registry/strategy';
import { equal } from '../patch/json';
import { isObject, type Json } from '../schema/types';
import type { StoredObject } from '../store/store';
import { parseQuantity } from '../pods/quantity';

const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

function fill(target: Json, defaults: Json): void {
  for (const [field, value] of Object.entries(defaults)) target[field] ??= structuredClone(value);
}

/** What a pod's spec says where it says nothing. Changes it in place. */
export function defaultPodSpec(spec: unknown): void {
  if (!isObject(spec)) return;
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  if (spec.serviceAccountName || spec.serviceAccount) {
    spec.serviceAccountName ??= spec.serviceAccount;
    spec.serviceAccount = spec.serviceAccountName;
  }
  for (const container of [...objects(spec.containers), ...objects(spec.initContainers)]) defaultContainer(container);
  for (const volume of objects(spec.volumes)) defaultVolume(volume);
}

function defaultContainer(container: Json): void {
  const image = String(container.image ?? '');
  const tag = /:([^/:@]+)$/.exec(image.split('@')[0])?.[1];
  const isLatest = !image.includes('@') && (tag === undefined || tag === 'latest');
  fill(container, {
    imagePullPolicy: isLatest ? 'Always' : 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  for (const port of objects(container.ports)) fill(port, { protocol: 'TCP' });
  for (const { valueFrom } of objects(container.env)) {
    if (isObject(valueFrom) && isObject(valueFrom.fieldRef)) fill(valueFrom.fieldRef, { apiVersion: 'v1' });
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe].filter(isObject)) {
    fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    if (isObject(probe.httpGet)) fill(probe.httpGet, { path: '/', scheme: 'HTTP' });
  }
  const { resources } = container;
  if (isObject(resources) && isObject(resources.limits)) resources.requests = { ...resources.limits, ...(isObject(resources.requests) ? resources.requests : {}) };
}

function defaultVolume(volume: Json): void {
  const { configMap, secret, downwardAPI, projected, hostPath } = volume;
  if (Object.keys(volume).length === 1) volume.emptyDir = {};
  for (const source of [configMap, secret, downwardAPI, projected]) if (isObject(source)) fill(source, { defaultMode: 420 });
  if (isObject(hostPath)) fill(hostPath, { type: '' });
  defaultFieldRefs(downwardAPI);
  if (!isObject(projected)) return;
  for (const source of objects(projected.sources)) {
    if (isObject(source.serviceAccountToken)) fill(source.serviceAccountToken, { expirationSeconds: 3600 });
    defaultFieldRefs(source.downwardAPI);
  }
}

function defaultFieldRefs(downwardAPI: unknown): void {
  if (!isObject(downwardAPI)) return;
  for (const { fieldRef } of objects(downwardAPI.items)) if (isObject(fieldRef)) fill(fieldRef, { apiVersion: 'v1' });
}

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const NAME_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/**
 * What makes a pod's spec unusable; `path` is where it stands, `policies` are the restart policies that the kind takes,
 * and `claims` names the volumes that the kind adds of itself.
 */
export function checkPodSpec(spec: unknown, path: string, policies = ['Always', 'OnFailure', 'Never'], claims: unknown[] = []): FieldError[] {
  if (!isObject(spec)) return [];
  const containers = objects(spec.containers);
  const errors: FieldError[] = containers.length === 0 ? [fieldError.required(`${path}.containers`)] : [];
  const volumes = new Set([...objects(spec.volumes).map(({ name }) => name), ...claims]);
  objects(spec.volumes).forEach((volume, index) => {
    errors.push(...checkName(volume.name, `${path}.volumes[${index}].name`));
    for (const source of Object.keys(volume).filter(field => field !== 'name').slice(1)) {
      errors.push(fieldError.forbidden(`${path}.volumes[${index}].${source}`, 'may not specify more than 1 volume type'));
    }
    if (objects(spec.volumes).findIndex(({ name }) => name === volume.name) < index) errors.push(fieldError.duplicate(`${path}.volumes[${index}].name`, volume.name));
  });
  const seen = new Set<unknown>();
  for (const [field, list] of [['initContainers', objects(spec.initContainers)], ['containers', containers]] as const) {
    list.forEach((container, index) => {
      const at = `${path}.${field}[${index}]`;
      errors.push(...checkContainer(container, at, volumes, seen));
      if (container.restartPolicy !== undefined) errors.push(fieldError.forbidden(`${at}.restartPolicy`, 'the local cluster runs no sidecars; the pod\'s restartPolicy holds for all containers'));
    });
  }
  if (spec.restartPolicy === 'Always' && !policies.includes('Always')) {
    errors.push(fieldError.required(`${path}.restartPolicy`, `valid values: ${policies.map(policy => JSON.stringify(policy)).join(', ')}`));
  } else if (!policies.includes(String(spec.restartPolicy))) errors.push(fieldError.unsupported(`${path}.restartPolicy`, spec.restartPolicy, policies));
  return errors;
}

function checkName(name: unknown, path: string): FieldError[] {
  if (!name) return [fieldError.required(path)];
  const text = String(name);
  if (text.length > 63) return [fieldError.invalid(path, text, 'must be no more than 63 characters')];
  return NAME.test(text) ? [] : [fieldError.invalid(path, text, NAME_RULE)];
}

function checkContainer(container: Json, path: string, volumes: Set<unknown>, seen: Set<unknown>): FieldError[] {
  const errors = checkName(container.name, `${path}.name`);
  if (seen.has(container.name)) errors.push(fieldError.duplicate(`${path}.name`, container.name));
  seen.add(container.name);
  if (!container.image) errors.push(fieldError.required(`${path}.image`));
  const policies = ['Always', 'IfNotPresent', 'Never'];
  if (container.imagePullPolicy !== undefined && !policies.includes(String(container.imagePullPolicy))) errors.push(fieldError.unsupported(`${path}.imagePullPolicy`, container.imagePullPolicy, policies));
  errors.push(...checkRequests(container.resources, `${path}.resources`));
  objects(container.env).forEach(({ name }, index) => {
    const at = `${path}.env[${index}].name`;
    if (!name) errors.push(fieldError.required(at));
    else if (!/^[ -<>-~]+$/.test(String(name))) errors.push(fieldError.invalid(at, name, "a valid environment variable name must consist only of printable ASCII characters other than '='"));
  });
  const mountPaths = new Set<unknown>();
  objects(container.volumeMounts).forEach((mount, index) => {
    const at = `${path}.volumeMounts[${index}]`;
    if (!volumes.has(mount.name)) errors.push({ reason: 'FieldValueInvalid', field: `${at}.name`, message: `Not found: ${JSON.stringify(mount.name)}` });
    if (!mount.mountPath) errors.push(fieldError.required(`${at}.mountPath`));
    else if (mountPaths.has(mount.mountPath)) errors.push(fieldError.invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    mountPaths.add(mount.mountPath);
  });
  return errors;
}

/** Nothing may ask for more than it may have. */
function checkRequests(resources: unknown, path: string): FieldError[] {
  const { requests, limits } = isObject(resources) ? resources : {};
  if (!isObject(requests) || !isObject(limits)) return [];
  return Object.keys(requests).flatMap(name => {
    const [wanted, most] = [requests[name], limits[name]].map(amount => (amount === undefined ? undefined : parseQuantity(String(amount))));
    const isMore = wanted !== undefined && most !== undefined && wanted > most;
    return isMore ? [fieldError.invalid(`${path}.requests`, String(requests[name]), `must be less than or equal to ${name} limit of ${limits[name]}`)] : [];
  });
}

/** What of a running pod's spec may still change. */
const MUTABLE = ['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds', 'nodeName'];

function unchangeable(spec: Json): Json {
  const rest = Object.fromEntries(Object.entries(spec).filter(([field]) => !MUTABLE.includes(field)));
  const withoutImages = (list: unknown) => objects(list).map(({ image: _image, ...container }) => container);
  return { ...rest, containers: withoutImages(spec.containers), initContainers: withoutImages(spec.initContainers) };
}

const QUALITY = (spec: Json): string => {
  const all = [...objects(spec.containers), ...objects(spec.initContainers)].map(({ resources }) => (isObject(resources) ? resources : {}));
  const isSet = (value: unknown): value is Json => isObject(value) && Object.keys(value).length > 0;
  if (all.every(({ limits, requests }) => !isSet(limits) && !isSet(requests))) return 'BestEffort';
  const isFull = ({ limits, requests }: Json) => isSet(limits) && 'cpu' in limits && 'memory' in limits && equal(limits, requests);
  return all.every(isFull) ? 'Guaranteed' : 'Burstable';
};

export const podStrategy: Strategy = {
  applyDefaults: ({ spec }) => {
    defaultPodSpec(spec);
    if (isObject(spec)) fill(spec, { enableServiceLinks: true });
  },
  prepareForCreate: (pod: StoredObject) => {
    if (!isObject(pod.spec)) return;
    fill(pod.spec, { serviceAccountName: 'default', serviceAccount: pod.spec.serviceAccountName ?? 'default', priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
    pod.status = { phase: 'Pending', qosClass: QUALITY(pod.spec) };
  },
  check: ({ spec }) => checkPodSpec(spec, 'spec'),
  checkUpdate: ({ spec }, before) =>
    isObject(spec) && isObject(before.spec) && !equal(unchangeable(spec), unchangeable(before.spec))
      ? [
          fieldError.forbidden(
            'spec',
            'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
          ),
        ]
      : [],
};
