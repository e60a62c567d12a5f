import { fieldError, type FieldError } from '../registry/errors';
import type { Strategy } from '../registry/strategy';
import { isObject, type Json } from '../schema/types';

const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function fill(target: Json, defaults: Json): void {
  for (const [field, value] of Object.entries(defaults)) target[field] ??= structuredClone(value);
}

function applyDefaults(configuration: Json, isMutating: boolean): void {
  for (const webhook of objects(configuration.webhooks)) {
    fill(webhook, { failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10, ...(isMutating ? { reinvocationPolicy: 'Never' } : {}) });
    for (const rule of objects(webhook.rules)) fill(rule, { scope: '*' });
    const { clientConfig } = webhook;
    if (isObject(clientConfig) && isObject(clientConfig.service)) fill(clientConfig.service, { port: 443 });
  }
}

const CHOICES: Record<string, string[]> = {
  failurePolicy: ['Fail', 'Ignore'],
  matchPolicy: ['Equivalent', 'Exact'],
  sideEffects: ['None', 'NoneOnDryRun'],
  reinvocationPolicy: ['IfNeeded', 'Never'],
};

const SEGMENT = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

function checkWebhook(webhook: Json, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const segments = String(webhook.name ?? '').split('.');
  if (segments.length < 3 || !segments.every(segment => SEGMENT.test(segment))) {
    errors.push(fieldError.invalid(`${path}.name`, webhook.name ?? '', 'should be a domain with at least three segments separated by dots'));
  }
  for (const [field, allowed] of Object.entries(CHOICES)) {
    const value = webhook[field];
    if (value !== undefined && !allowed.includes(String(value))) errors.push(fieldError.unsupported(`${path}.${field}`, value, allowed));
  }
  if (webhook.sideEffects === undefined) errors.push(fieldError.required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun'));
  const seconds = Number(webhook.timeoutSeconds);
  if (seconds < 1 || seconds > 30) errors.push(fieldError.invalid(`${path}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds'));
  const versions = texts(webhook.admissionReviewVersions);
  if (versions.length === 0) errors.push(fieldError.required(`${path}.admissionReviewVersions`, 'must specify one of v1, v1beta1'));
  else if (!versions.includes('v1')) errors.push(fieldError.invalid(`${path}.admissionReviewVersions`, versions, 'must include v1, the only version that this cluster sends'));
  objects(webhook.rules).forEach((rule, index) => errors.push(...checkRule(rule, `${path}.rules[${index}]`)));
  return [...errors, ...checkClient(webhook.clientConfig, `${path}.clientConfig`)];
}

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

function checkRule(rule: Json, path: string): FieldError[] {
  const empty = ['operations', 'apiGroups', 'apiVersions', 'resources'].filter(field => texts(rule[field]).length === 0).map(field => fieldError.required(`${path}.${field}`));
  const operations = texts(rule.operations);
  const mixed = operations.length > 1 && operations.includes('*') ? [fieldError.invalid(`${path}.operations`, operations, "if '*' is present, must not specify other operations")] : [];
  const unknown = operations.flatMap((operation, index) => (OPERATIONS.includes(operation) ? [] : [fieldError.unsupported(`${path}.operations[${index}]`, operation, OPERATIONS)]));
  const scopes = ['*', 'Cluster', 'Namespaced'];
  const scope = scopes.includes(String(rule.scope)) ? [] : [fieldError.unsupported(`${path}.scope`, rule.scope, scopes)];
  return [...empty, ...mixed, ...unknown, ...scope];
}

function checkClient(client: unknown, path: string): FieldError[] {
  const { url, service } = isObject(client) ? client : {};
  if ((url === undefined) === (service === undefined)) return [fieldError.required(path, 'exactly one of url or service is required')];
  return url === undefined ? checkService(service, `${path}.service`) : checkUrl(String(url), `${path}.url`);
}

function checkUrl(text: string, path: string): FieldError[] {
  const form = '; desired format: https://host[/path]';
  if (!URL.canParse(text)) return [fieldError.required(path, `url must be a valid URL${form}`)];
  const url = new URL(text);
  const errors: FieldError[] = [];
  if (url.protocol !== 'https:') errors.push(fieldError.invalid(path, url.protocol.slice(0, -1), `'https' is the only allowed URL scheme${form}`));
  if (!url.hostname) errors.push(fieldError.invalid(path, '', `host must be specified${form}`));
  if (url.username) errors.push(fieldError.invalid(path, url.username, 'user information is not permitted in the URL'));
  if (url.hash) errors.push(fieldError.invalid(path, url.hash.slice(1), 'fragments are not permitted in the URL'));
  if (url.search) errors.push(fieldError.invalid(path, url.search.slice(1), 'query parameters are not permitted in the URL'));
  return errors;
}

function checkService(service: unknown, path: string): FieldError[] {
  const { name, namespace, path: at, port } = isObject(service) ? service : {};
  const errors: FieldError[] = [];
  if (!name) errors.push(fieldError.required(`${path}.name`, 'service name is required'));
  if (!namespace) errors.push(fieldError.required(`${path}.namespace`, 'service namespace is required'));
  if (Number(port) < 1 || Number(port) > 65535) errors.push(fieldError.invalid(`${path}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'));
  if (typeof at === 'string' && !at.startsWith('/')) errors.push(fieldError.invalid(`${path}.path`, at, "must start with a '/'"));
  return errors;
}

/** Configurations of admission webhooks, mutating or validating. */
export function webhookStrategy(isMutating: boolean): Strategy {
  return {
    applyDefaults: draft => applyDefaults(draft, isMutating),
    check: ({ webhooks }) => {
      const names = objects(webhooks).map(({ name }) => name);
      return objects(webhooks).flatMap((webhook, index) => {
        const path = `webhooks[${index}]`;
        const twice = names.indexOf(webhook.name) < index ? [fieldError.duplicate(`${path}.name`, webhook.name)] : [];
        const conditions = objects(webhook.matchConditions).length > 0 ? [fieldError.forbidden(`${path}.matchConditions`, 'the local cluster does not evaluate them; select by rules and selectors')] : [];
        return [...checkWebhook(webhook, path), ...twice, ...conditions];
      });
    },
  };
}
