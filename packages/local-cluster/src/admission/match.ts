import type { AdmissionRequest } from '../auth/user';
import { selects } from '../registry/selectors';
import { isObject, type Json } from '../schema/types';
import type { Webhook, WebhookRule } from './types';

/** What a webhook's rules and selectors look at. */
export type Matched = Pick<AdmissionRequest, 'operation' | 'version' | 'subresource' | 'namespace' | 'object' | 'oldObject'> & {
  resource: { group: string; plural: string; namespaced: boolean; versions: { name: string }[] };
};

const EXEMPT_GROUP = 'admissionregistration.k8s.io';

/** Admission's own configuration is never judged by webhooks, so that it can always be mended. */
export function isExempt({ resource: { group, plural } }: Matched): boolean {
  return group === EXEMPT_GROUP && /^(validating|mutating)(webhookconfigurations|admissionpolicies|admissionpolicybindings)$/.test(plural);
}

const includes = (values: string[], wanted: string) => values.includes('*') || values.includes(wanted);

function namesResource(resources: string[], plural: string, subresource: string): boolean {
  return resources.some(text => {
    const [name, part = ''] = text.split('/');
    return (name === '*' || name === plural) && (part === '*' || part === subresource);
  });
}

function hasScope(scope: string | undefined, { resource }: Matched): boolean {
  if (scope === 'Namespaced') return resource.namespaced;
  return scope !== 'Cluster' || !resource.namespaced;
}

function ruleVersion(rule: WebhookRule, request: Matched, matchPolicy: string): string | undefined {
  const { resource, operation, version, subresource = '' } = request;
  const fits = includes(rule.operations, operation) && includes(rule.apiGroups, resource.group) && namesResource(rule.resources, resource.plural, subresource) && hasScope(rule.scope, request);
  if (!fits) return undefined;
  if (includes(rule.apiVersions, version)) return version;
  return matchPolicy === 'Exact' ? undefined : resource.versions.find(known => includes(rule.apiVersions, known.name))?.name;
}

/** The version in which a webhook's rules ask for the object; undefined when they do not ask for it. */
export function matchedVersion({ rules = [], matchPolicy = 'Equivalent' }: Webhook, request: Matched): string | undefined {
  const versions = rules.flatMap(rule => ruleVersion(rule, request, matchPolicy) ?? []);
  return versions.includes(request.version) ? request.version : versions[0];
}

function labelsOf(object: Json | undefined): Record<string, unknown> {
  const metadata = object && isObject(object.metadata) ? object.metadata : {};
  return isObject(metadata.labels) ? metadata.labels : {};
}

/** An object is selected before or after the change. */
function selectsObject({ objectSelector }: Webhook, { object, oldObject }: Matched): boolean {
  return [object, oldObject].some(state => state !== undefined && selects(objectSelector, labelsOf(state)));
}

/** Whether both selectors select; `namespaceLabels` finds the labels of a namespace that is stored. */
export function isSelected(webhook: Webhook, request: Matched, namespaceLabels: (name: string) => Record<string, string>): boolean {
  const { resource, operation, namespace, object, oldObject } = request;
  if (!selectsObject(webhook, request)) return false;
  const isNamespace = !resource.group && resource.plural === 'namespaces';
  if (isNamespace) return selects(webhook.namespaceSelector, labelsOf(operation === 'DELETE' ? oldObject : object));
  return !resource.namespaced || selects(webhook.namespaceSelector, namespaceLabels(namespace ?? ''));
}
