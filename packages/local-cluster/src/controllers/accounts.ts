import type { LocalApi } from '../api';
import type { Admission } from '../auth/user';
import { forbidden } from '../registry/errors';
import { randomSuffix } from '../registry/names';
import { isObject, type Json } from '../schema/types';
import type { Change, Store, StoredObject } from '../store/store';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const SECRETS = { group: '', plural: 'secrets' };
const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';
const TEN_YEARS = 10 * 365 * 24 * 3600;

const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

const TOKEN_SOURCES = [
  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
];

/** A new pod's account must exist; its token is mounted unless the pod or the account says no. */
export function accountAdmission(store: Store): Admission {
  return ({ operation, resource, object, namespace, name, subresource }) => {
    if (operation !== 'CREATE' || subresource || resource.kind !== 'Pod' || resource.group || !object || !isObject(object.spec)) return;
    const { spec } = object;
    const account = store.get('serviceaccounts', `${namespace}/${spec.serviceAccountName}`)?.object;
    if (!account) {
      const why = `error looking up service account ${namespace}/${spec.serviceAccountName}: serviceaccount "${spec.serviceAccountName}" not found`;
      throw forbidden({ group: '', resource: 'pods' }, name, why);
    }
    const automount = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
    if (automount === true) mountToken(spec);
  };
}

function mountToken(spec: Json): void {
  const containers = [...objects(spec.initContainers), ...objects(spec.containers)];
  const waiting = containers.filter(({ volumeMounts }) => !objects(volumeMounts).some(({ mountPath }) => mountPath === MOUNT_PATH));
  if (waiting.length === 0) return;
  const volume = `kube-api-access-${randomSuffix()}`;
  spec.volumes = [...objects(spec.volumes), { name: volume, projected: { defaultMode: 420, sources: TOKEN_SOURCES } }];
  for (const container of waiting) {
    container.volumeMounts = [...objects(container.volumeMounts), { name: volume, readOnly: true, mountPath: MOUNT_PATH }];
  }
}

/** Fills Secrets of the type service-account-token with a token of the account that they name. */
export class TokenSecrets {
  readonly #store: Store;
  readonly #local: LocalApi;
  #stop: (() => void) | undefined;

  constructor(store: Store, local: LocalApi) {
    this.#store = store;
    this.#local = local;
  }

  start(): void {
    for (const { object } of [...this.#store.list('secrets')]) this.#fill(object);
    this.#stop = this.#store.subscribe(undefined, change => this.#onChange(change));
  }

  stop(): void {
    this.#stop?.();
  }

  #onChange({ type, resource, entry: { object } }: Change): void {
    if (resource === 'secrets' && type !== 'DELETED') this.#fill(object);
    if (resource !== 'serviceaccounts' || type === 'MODIFIED') return;
    const { name, namespace } = object.metadata;
    for (const { object: secret } of [...this.#store.list('secrets')]) {
      if (secret.metadata.namespace !== namespace || secret.type !== TOKEN_TYPE || secret.metadata.annotations?.[ACCOUNT_ANNOTATION] !== name) continue;
      if (type === 'ADDED') this.#fill(secret);
      else this.#local.delete(SECRETS, { name: secret.metadata.name, ...(namespace ? { namespace } : {}) });
    }
  }

  #fill({ type, data, metadata }: StoredObject): void {
    const { name, namespace = '', annotations } = metadata;
    const account = annotations?.[ACCOUNT_ANNOTATION];
    if (type !== TOKEN_TYPE || !account || (isObject(data) && data.token)) return;
    const owner = this.#store.get('serviceaccounts', `${namespace}/${account}`)?.object;
    if (!owner) return;
    const token = this.#local.issueToken({ namespace, serviceAccount: account, expirationSeconds: TEN_YEARS });
    const encode = (text: string) => Buffer.from(text).toString('base64');
    this.#local.update<StoredObject>(SECRETS, { namespace, name }, draft => {
      draft.data = { ...(isObject(draft.data) ? draft.data : {}), token: encode(token), namespace: encode(namespace), 'ca.crt': encode(this.#local.ca) };
      draft.metadata.annotations = { ...draft.metadata.annotations, 'kubernetes.io/service-account.uid': owner.metadata.uid };
    });
  }
}
