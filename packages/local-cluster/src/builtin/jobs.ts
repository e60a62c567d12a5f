import { fieldError, type FieldError } from '../registry/errors';
import type { Strategy } from '../registry/strategy';
import { equal } from '../patch/json';
import { isObject, type Json } from '../schema/types';
import type { StoredObject } from '../store/store';
import { checkPodSpec, defaultPodSpec } from './pods';

const part = (object: Json, field: string): Json => (isObject(object[field]) ? (object[field] as Json) : {});

const LEGACY_JOB_LABELS = ['controller-uid', 'job-name'];
const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';

function podTemplateOf(job: Json): Json {
  return part(part(job, 'spec'), 'template');
}

/** A job knows its pods by its uid. */
function setJobLabels(draft: StoredObject, spec: Json, template: Json): void {
  if (spec.manualSelector === true || !isObject(spec.template)) return;
  const { uid, name } = draft.metadata;
  const [legacyUid, legacyName] = LEGACY_JOB_LABELS;
  const labels = { [CONTROLLER_UID]: uid, 'batch.kubernetes.io/job-name': name, [legacyUid]: uid, [legacyName]: name };
  template.metadata = { ...part(template, 'metadata'), labels: { ...part(part(template, 'metadata'), 'labels'), ...labels } };
  const selector = part(spec, 'selector');
  spec.selector = { ...selector, matchLabels: { ...part(selector, 'matchLabels'), [CONTROLLER_UID]: uid } };
}

const COUNTS = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'];

/** What a Job may ask for elsewhere, and what to do about it here. */
const UNSUPPORTED: Record<string, string> = {
  backoffLimitPerIndex: 'the local cluster has no indexed Jobs; make one Job for each index',
  podFailurePolicy: 'the local cluster counts every failure alike; use backoffLimit',
  successPolicy: 'the local cluster has no indexed Jobs; make one Job for each index',
  managedBy: 'the local cluster runs all Jobs itself',
};

function checkSpec(spec: Json): FieldError[] {
  const errors = COUNTS.flatMap(field => (Number(spec[field] ?? 0) < 0 ? [fieldError.invalid(`spec.${field}`, spec[field], 'must be greater than or equal to 0')] : []));
  if (spec.completionMode === 'Indexed') errors.push(fieldError.forbidden('spec.completionMode', 'the local cluster has no indexed Jobs; make one Job for each index'));
  for (const field of ['completions', 'parallelism']) {
    if (Number(spec[field] ?? 1) > 1) errors.push(fieldError.forbidden(`spec.${field}`, 'the local cluster runs one pod of a Job at a time, and one to its end; make several Jobs'));
  }
  return [...errors, ...Object.keys(UNSUPPORTED).flatMap(field => (spec[field] === undefined ? [] : [fieldError.forbidden(`spec.${field}`, UNSUPPORTED[field])]))];
}

/** The server makes the selector itself, unless the Job says that its author does. */
function checkSelector({ selector, manualSelector }: Json): FieldError[] {
  if (manualSelector === true || !isObject(selector)) return [];
  const isOwn = Object.keys(part(selector, 'matchLabels')).every(key => key === CONTROLLER_UID) && selector.matchExpressions === undefined;
  return isOwn ? [] : [fieldError.invalid('spec.selector', selector, '`selector` not auto-generated')];
}

/** Jobs of one pod at a time. */
export const jobStrategy: Strategy = {
  applyDefaults: draft => {
    const spec = part(draft, 'spec');
    const defaults: Json = { parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, manualSelector: false, podReplacementPolicy: 'TerminatingOrFailed' };
    for (const [field, value] of Object.entries(defaults)) spec[field] ??= value;
    if (spec.completions === undefined && spec.parallelism === 1) spec.completions = 1;
    defaultPodSpec(podTemplateOf(draft).spec);
  },
  prepareForCreate: draft => {
    const spec = part(draft, 'spec');
    const template = podTemplateOf(draft);
    setJobLabels(draft, spec, template);
    const labels = part(part(template, 'metadata'), 'labels') as Record<string, string>;
    if (!draft.metadata.labels && Object.keys(labels).length > 0) draft.metadata.labels = { ...labels };
  },
  check: draft => [...checkSpec(part(draft, 'spec')), ...checkSelector(part(draft, 'spec')), ...checkPodSpec(podTemplateOf(draft).spec, 'spec.template.spec', ['OnFailure', 'Never'])],
  checkUpdate: (draft, before) => {
    const [now, then] = [part(draft, 'spec'), part(before, 'spec')];
    const fixed = ['completions', 'completionMode', 'selector', 'podFailurePolicy', 'backoffLimitPerIndex', ...(then.suspend === true ? [] : ['template'])];
    return fixed.filter(field => !equal(now[field], then[field])).map(field => fieldError.invalid(`spec.${field}`, now[field] ?? null, 'field is immutable'));
  },
};
