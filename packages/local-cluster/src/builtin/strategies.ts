import { fieldError, type FieldError } from '../registry/errors';
import type { Strategies, Strategy } from '../registry/strategy';
import { equal } from '../patch/json';
import { checkDefinition, checkStoredVersions } from '../resources/check';
import { asDefinition, defaultDefinition } from '../resources/definition';
import { checkRuleTexts } from '../resources/rules';
import { checkStructure } from '../resources/structure';
import { isObject, type Json } from '../schema/types';
import type { StoredObject } from '../store/store';
import { jobStrategy } from './jobs';
import { checkPodSpec, defaultPodSpec, podStrategy } from './pods';
import { webhookStrategy } from './webhooks';

const part = (object: Json, field: string): Json => (isObject(object[field]) ? (object[field] as Json) : {});
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

function fill(target: unknown, defaults: Json): void {
  if (!isObject(target)) return;
  for (const [field, value] of Object.entries(defaults)) target[field] ??= structuredClone(value);
}

function podTemplateOf(object: Json): Json {
  return part(part(object, 'spec'), 'template');
}

/** Names of the volumes that a StatefulSet makes for each of its pods. */
function claimsOf(object: Json): unknown[] {
  return objects(part(object, 'spec').volumeClaimTemplates).map(template => part(template, 'metadata').name);
}

const namespace: Strategy = {
  prepareForCreate: draft => {
    draft.spec = { finalizers: ['kubernetes'] };
    draft.status = { phase: 'Active' };
    draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name };
  },
  prepareForUpdate: (draft, before) => {
    if (!before.metadata.deletionTimestamp) draft.spec = before.spec;
  },
};

/** A size that a Secret or ConfigMap may not exceed, in bytes. */
const LARGEST = 1024 * 1024;
const KEY = /^[-._a-zA-Z0-9]+$/;

function checkKeys(values: unknown, path: string): FieldError[] {
  const wrong = Object.keys(isObject(values) ? values : {}).filter(key => !KEY.test(key) || key === '.' || key === '..' || key.length > 253);
  return wrong.map(key =>
    fieldError.invalid(`${path}[${key}]`, key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"),
  );
}

function checkSize(values: Json, path: string): FieldError[] {
  const size = Object.values(values).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
  return size > LARGEST * 1.4 ? [{ reason: 'FieldValueTooLong', field: path, message: `Too long: may not be more than ${LARGEST} bytes` }] : [];
}

function frozen(draft: StoredObject, before: StoredObject, fields: string[]): FieldError[] {
  if (before.immutable !== true) return [];
  const changed = fields.filter(field => !equal(draft[field], before[field]));
  return changed.map(field => fieldError.forbidden(field, 'field is immutable when `immutable` is set'));
}

const configMap: Strategy = {
  check: ({ data, binaryData }) => [...checkKeys(data, 'data'), ...checkKeys(binaryData, 'binaryData'), ...checkSize(isObject(data) ? data : {}, '')],
  checkUpdate: (draft, before) => frozen(draft, before, ['data', 'binaryData', 'immutable']),
};

const REQUIRED_KEYS: Record<string, string[]> = {
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

const secret: Strategy = {
  applyDefaults: draft => {
    draft.type ??= 'Opaque';
    if (!isObject(draft.stringData)) return;
    const encoded = Object.entries(draft.stringData).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]);
    draft.data = { ...(isObject(draft.data) ? draft.data : {}), ...Object.fromEntries(encoded) };
    delete draft.stringData;
  },
  check: ({ type, data, metadata }) => {
    const values = isObject(data) ? data : {};
    const missing = (REQUIRED_KEYS[String(type)] ?? []).filter(key => values[key] === undefined).map(key => fieldError.required(`data[${key}]`));
    const account = type === 'kubernetes.io/service-account-token' && !metadata.annotations?.['kubernetes.io/service-account.name'];
    const unnamed = account ? [fieldError.required('metadata.annotations[kubernetes.io/service-account.name]')] : [];
    const wrong = Object.entries(values).filter(([, value]) => !/^[A-Za-z0-9+/]*={0,2}$/.test(String(value).replace(/[\r\n]/g, '')));
    const unreadable = wrong.map(([key]) => fieldError.invalid(`data[${key}]`, '<hidden>', 'it is not base64; put plain text into stringData'));
    return [...checkKeys(data, 'data'), ...missing, ...unnamed, ...unreadable, ...checkSize(values, 'data')];
  },
  checkUpdate: (draft, before) => [
    ...(draft.type === before.type ? [] : [fieldError.invalid('type', draft.type, 'field is immutable')]),
    ...frozen(draft, before, ['data', 'immutable']),
  ],
};

const cronJob: Strategy = {
  applyDefaults: draft => {
    fill(draft.spec, { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 });
    defaultPodSpec(part(part(part(part(draft, 'spec'), 'jobTemplate'), 'spec'), 'template').spec);
  },
};

/** Deployments and their like: a replica count, a selector that fits the template, and a pod template. */
function workload(defaults: Json): Strategy {
  return {
    applyDefaults: draft => {
      fill(draft.spec, defaults);
      defaultPodSpec(podTemplateOf(draft).spec);
    },
    check: draft => {
      const labels = part(part(podTemplateOf(draft), 'metadata'), 'labels');
      const wanted = part(part(part(draft, 'spec'), 'selector'), 'matchLabels');
      const fits = Object.entries(wanted).every(([key, value]) => labels[key] === value);
      return [
        ...(fits ? [] : [fieldError.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]),
        ...checkPodSpec(podTemplateOf(draft).spec, 'spec.template.spec', ['Always'], claimsOf(draft)),
      ];
    },
    checkUpdate: (draft, before) =>
      equal(part(draft, 'spec').selector, part(before, 'spec').selector) ? [] : [fieldError.invalid('spec.selector', part(draft, 'spec').selector, 'field is immutable')],
  };
}

const service: Strategy = {
  applyDefaults: draft => {
    fill(draft.spec, { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
    for (const port of objects(part(draft, 'spec').ports)) fill(port, { protocol: 'TCP', targetPort: port.port });
  },
  prepareForCreate: draft => {
    const spec = part(draft, 'spec');
    if (spec.type !== 'ExternalName') fill(draft.spec, { clusterIP: 'None', clusterIPs: [spec.clusterIP ?? 'None'] });
    draft.status = { loadBalancer: {} };
  },
  prepareForUpdate: (draft, before) => fill(draft.spec, { clusterIP: part(before, 'spec').clusterIP, clusterIPs: part(before, 'spec').clusterIPs }),
};

const statusOf = (status: Json): Strategy => ({
  prepareForCreate: draft => {
    draft.status = structuredClone(status);
  },
});

const binding: Strategy = {
  applyDefaults: draft => {
    for (const subject of objects(draft.subjects)) if (subject.kind !== 'ServiceAccount') fill(subject, { apiGroup: 'rbac.authorization.k8s.io' });
    if (isObject(draft.roleRef)) fill(draft.roleRef, { apiGroup: 'rbac.authorization.k8s.io' });
  },
  checkUpdate: (draft, before) => (equal(draft.roleRef, before.roleRef) ? [] : [fieldError.invalid('roleRef', draft.roleRef, 'cannot change roleRef')]),
};

const definition: Strategy = {
  applyDefaults: draft => defaultDefinition(asDefinition(draft)),
  prepareForCreate: draft => {
    draft.status = { conditions: [], acceptedNames: { plural: '', kind: '' }, storedVersions: [] };
  },
  check: draft => {
    const errors = checkDefinition(asDefinition(draft));
    if (errors.length > 0) return errors;
    const wrong = checkStructure(asDefinition(draft));
    return wrong.length > 0 ? wrong : checkRuleTexts(asDefinition(draft));
  },
  checkUpdate: (draft, before) => {
    const [now, then] = [asDefinition(draft).spec, asDefinition(before).spec];
    const fixed = (['group', 'scope'] as const).filter(field => now[field] !== then[field]).map(field => fieldError.invalid(`spec.${field}`, now[field], 'field is immutable'));
    const names = (['plural', 'kind'] as const).filter(field => now.names[field] !== then.names[field]);
    return [...fixed, ...names.map(field => fieldError.invalid(`spec.names.${field}`, now.names[field], 'field is immutable')), ...checkStoredVersions(asDefinition(draft))];
  },
};

const ROLLING = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } };

/** What is particular about the built-in kinds. */
export const builtinStrategies: Strategies = {
  '/Namespace': namespace,
  '/ConfigMap': configMap,
  '/Secret': secret,
  '/Pod': podStrategy,
  '/Service': service,
  '/PersistentVolumeClaim': { ...statusOf({ phase: 'Pending' }), applyDefaults: draft => fill(draft.spec, { volumeMode: 'Filesystem' }) },
  '/Event': {
    applyDefaults: draft => fill(draft, { source: {}, eventTime: null, firstTimestamp: null, lastTimestamp: null, reportingComponent: '', reportingInstance: '' }),
  },
  'batch/Job': jobStrategy,
  'batch/CronJob': cronJob,
  'apps/Deployment': workload({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: ROLLING }),
  'apps/StatefulSet': workload({ replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady', updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } }),
  'apps/DaemonSet': workload({ revisionHistoryLimit: 10, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } } }),
  'apps/ReplicaSet': workload({ replicas: 1 }),
  'rbac.authorization.k8s.io/RoleBinding': binding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': binding,
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhookStrategy(true),
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhookStrategy(false),
};
