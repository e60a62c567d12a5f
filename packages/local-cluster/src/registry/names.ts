import { fieldError, type FieldError } from './errors';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
/** What is wrong with a name that cannot begin a host name. */
export const LABEL_1035_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/** Kinds whose names become host names, and those whose names may be nearly anything. */
const LABEL_KINDS = new Set(['Namespace']);
const LABEL_1035_KINDS = new Set(['Service']);
const PATH_KINDS = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

function formOf(kind: string, group: string): { pattern: RegExp; rule: string; most: number } {
  if (LABEL_KINDS.has(kind) && !group) return { pattern: LABEL, rule: LABEL_RULE, most: 63 };
  if (LABEL_1035_KINDS.has(kind) && !group) return { pattern: LABEL_1035, rule: LABEL_1035_RULE, most: 63 };
  return { pattern: SUBDOMAIN, rule: SUBDOMAIN_RULE, most: 253 };
}

export function checkName(kind: string, group: string, name: string): FieldError[] {
  const path = 'metadata.name';
  if (PATH_KINDS.has(kind) && group === 'rbac.authorization.k8s.io') {
    return name === '.' || name === '..' || /[/%]/.test(name) ? [fieldError.invalid(path, name, "may not be '.' or '..' and may not contain '/' or '%'")] : [];
  }
  const { pattern, rule, most } = formOf(kind, group);
  const errors: FieldError[] = [];
  if (name.length > most) errors.push(fieldError.invalid(path, name, `must be no more than ${most} characters`));
  if (!pattern.test(name)) errors.push(fieldError.invalid(path, name, rule));
  return errors;
}

const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

function checkKey(path: string, key: string, lowerCase: boolean): FieldError[] {
  const [prefix, name] = key.includes('/') ? [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)] : ['', key];
  const errors: FieldError[] = [];
  if (key.includes('/') && !SUBDOMAIN.test(lowerCase ? prefix.toLowerCase() : prefix)) errors.push(fieldError.invalid(path, key, `prefix part ${SUBDOMAIN_RULE}`));
  if (name.length > 63) errors.push(fieldError.invalid(path, key, 'name part must be no more than 63 characters'));
  if (!QUALIFIED.test(name)) {
    errors.push(
      fieldError.invalid(
        path,
        key,
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ),
    );
  }
  return errors;
}

export function checkLabels(labels: Record<string, string> | undefined): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const errors = checkKey('metadata.labels', key, false);
    if (value.length > 63) errors.push(fieldError.invalid('metadata.labels', value, 'must be no more than 63 characters'));
    if (value !== '' && !QUALIFIED.test(value)) {
      errors.push(
        fieldError.invalid(
          'metadata.labels',
          value,
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ),
      );
    }
    return errors;
  });
}

export function checkAnnotations(annotations: Record<string, string> | undefined): FieldError[] {
  const entries = Object.entries(annotations ?? {});
  const errors = entries.flatMap(([key]) => checkKey('metadata.annotations', key, true));
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (size > 262144) errors.push({ reason: 'FieldValueTooLong', field: 'metadata.annotations', message: 'Too long: may not be more than 262144 bytes' });
  return errors;
}

export function checkOwners(owners: { apiVersion?: string; kind?: string; name?: string; uid?: string; controller?: boolean }[] | undefined): FieldError[] {
  const errors = (owners ?? []).flatMap((owner, index) => {
    const path = `metadata.ownerReferences[${index}]`;
    return (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter(field => !owner[field])
      .map(field => fieldError.invalid(`${path}.${field}`, '', `${field} must not be empty`));
  });
  if ((owners ?? []).filter(owner => owner.controller).length > 1) {
    errors.push(fieldError.invalid('metadata.ownerReferences', (owners ?? []).length, 'Only one reference can have Controller set to true'));
  }
  return errors;
}

export function checkFinalizers(finalizers: string[] | undefined, kind: string): FieldError[] {
  return (finalizers ?? []).flatMap(finalizer => {
    const standard = finalizer === 'foregroundDeletion' || finalizer === 'orphan' || finalizer === 'kubernetes';
    if (!finalizer.includes('/') && !standard && kind !== 'Namespace') {
      return QUALIFIED.test(finalizer) ? [] : [fieldError.invalid('metadata.finalizers', finalizer, 'name is neither a standard finalizer name nor is it fully qualified')];
    }
    return finalizer.includes('/') ? checkKey('metadata.finalizers', finalizer, false) : [];
  });
}

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** The five letters that a generated name ends with. */
export function randomSuffix(length = 5): string {
  return Array.from({ length }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join('');
}
