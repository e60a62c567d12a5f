import { equal } from '../../patch/json';
import { forbidden, notFound } from '../../registry/errors';
import { isObject, type Json } from '../../schema/types';
import type { Admission, AdmissionRequest, Authorizer } from '../user';
import { RBAC_GROUP, SUPERUSERS, type Bindings, type RoleRef } from './bindings';
import { notCovered, textOf, type PolicyRule } from './rules';

const rulesIn = (object: Json | undefined): PolicyRule[] => (Array.isArray(object?.rules) ? (object.rules as PolicyRule[]) : []);

/** Nobody gives away rights that he has not: not by writing a role, and not by binding one. */
export function escalationAdmission(bindings: Bindings, authorize: Authorizer): Admission {
  return request => {
    const { operation, resource, user } = request;
    if (operation === 'DELETE' || resource.group !== RBAC_GROUP || user.groups.includes(SUPERUSERS)) return;
    if (resource.kind === 'Role' || resource.kind === 'ClusterRole') checkRole(request, bindings, authorize);
    else checkBinding(request, bindings, authorize);
  };
}

function checkRole(request: AdmissionRequest, bindings: Bindings, authorize: Authorizer): void {
  const { object, oldObject, resource, user, namespace, name, version } = request;
  const isUnchanged = oldObject !== undefined && equal(rulesIn(object), rulesIn(oldObject)) && equal(object?.aggregationRule, oldObject.aggregationRule);
  if (isUnchanged || authorize(user, { verb: 'escalate', group: RBAC_GROUP, version, resource: resource.plural, name, ...(namespace ? { namespace } : {}) }).allowed) return;
  const all: PolicyRule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] }];
  checkHeld(request, bindings, object?.aggregationRule ? all : rulesIn(object));
}

function checkBinding(request: AdmissionRequest, bindings: Bindings, authorize: Authorizer): void {
  const { object, user, resource, namespace, version } = request;
  const roleRef = isObject(object?.roleRef) ? (object.roleRef as Json & RoleRef) : undefined;
  if (!roleRef?.name) return;
  const plural = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  if (authorize(user, { verb: 'bind', group: RBAC_GROUP, version, resource: plural, name: roleRef.name, ...(namespace ? { namespace } : {}) }).allowed) return;
  const rules = bindings.rulesOf(roleRef, namespace);
  // Kubernetes says it of the binding's kind.
  if (!rules) throw notFound({ group: RBAC_GROUP, resource: resource.plural }, roleRef.name);
  checkHeld(request, bindings, rules);
}

function checkHeld({ resource, user, namespace, name }: AdmissionRequest, bindings: Bindings, wanted: PolicyRule[]): void {
  const missing = notCovered(bindings.rulesFor(user, namespace), wanted);
  if (missing.length === 0) return;
  const groups = user.groups.map(group => JSON.stringify(group)).join(' ');
  const rules = missing.map(textOf).sort().join('\n');
  const why = `user ${JSON.stringify(user.username)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${rules}`;
  throw forbidden({ group: RBAC_GROUP, resource: resource.plural }, name, why);
}
