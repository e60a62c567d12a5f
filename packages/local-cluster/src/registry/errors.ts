import { StatusError } from '../api';

/** One thing that is wrong with an object, in Kubernetes' words. */
export interface FieldError {
  reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueTypeInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueTooMany'
    | 'FieldValueTooLong'
    | 'FieldValueForbidden';
  field: string;
  message: string;
}

export interface GroupResource {
  group: string;
  resource: string;
}

const named = (name: string, group: string) => (group ? `${name}.${group}` : name);

export const fieldError = {
  required: (field: string, detail = ''): FieldError => ({
    reason: 'FieldValueRequired',
    field,
    message: `Required value${detail ? `: ${detail}` : ''}`,
  }),
  invalid: (field: string, value: unknown, detail: string): FieldError => ({
    reason: 'FieldValueInvalid',
    field,
    message: `Invalid value: ${shown(value)}: ${detail}`,
  }),
  /** An invalid value that is quoted in words of its own. */
  unreadable: (field: string, quoted: string, detail: string): FieldError => ({
    reason: 'FieldValueInvalid',
    field,
    message: `Invalid value: ${quoted}: ${detail}`,
  }),
  unsupported: (field: string, value: unknown, supported: unknown[]): FieldError => ({
    reason: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${shown(value)}: supported values: ${supported.map(shown).join(', ')}`,
  }),
  duplicate: (field: string, value: unknown): FieldError => ({
    reason: 'FieldValueDuplicate',
    field,
    message: `Duplicate value: ${shown(value)}`,
  }),
  forbidden: (field: string, detail: string): FieldError => ({ reason: 'FieldValueForbidden', field, message: `Forbidden: ${detail}` }),
};

function shown(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}

export function invalid(kind: string, group: string, name: string, errors: FieldError[]): StatusError {
  const lines = [...new Set(errors.map(error => `${error.field}: ${error.message}`))];
  return new StatusError(
    422,
    'Invalid',
    `${named(kind, group)} ${JSON.stringify(name)} is invalid: ${lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`}`,
    { ...(name ? { name } : {}), ...(group ? { group } : {}), kind, causes: errors.map(({ reason, message, field }) => ({ reason, message, field })) },
  );
}

const details = ({ group, resource }: GroupResource, name: string) => ({ name, ...(group ? { group } : {}), kind: resource });

export function notFound(type: GroupResource, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${named(type.resource, type.group)} ${JSON.stringify(name)} not found`, details(type, name));
}

export function alreadyExists(type: GroupResource, name: string): StatusError {
  return new StatusError(409, 'AlreadyExists', `${named(type.resource, type.group)} ${JSON.stringify(name)} already exists`, details(type, name));
}

export function conflict(type: GroupResource, name: string, why: string): StatusError {
  return new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${named(type.resource, type.group)} ${JSON.stringify(name)}: ${why}`,
    details(type, name),
  );
}

export function forbidden(type: GroupResource, name: string, why: string): StatusError {
  const what = named(type.resource, type.group);
  const { name: _name, ...unnamed } = details(type, name);
  return new StatusError(403, 'Forbidden', `${name ? `${what} ${JSON.stringify(name)}` : what} is forbidden: ${why}`, name ? details(type, name) : unnamed);
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function unsupportedMediaType(accepted: string[]): StatusError {
  return new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

/** Nothing is served at this path. */
export function noSuchPath(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}
