import type { Change, Store, StoredObject } from '../../store/store';
import type { Attributes, Decision, User } from '../user';
import { permits, type PolicyRule } from './rules';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';
export const SUPERUSERS = 'system:masters';

const ROLE_BINDINGS = `rolebindings.${RBAC_GROUP}`;
const CLUSTER_ROLE_BINDINGS = `clusterrolebindings.${RBAC_GROUP}`;

export interface RoleRef {
  kind: string;
  name: string;
}

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

interface Binding extends StoredObject {
  roleRef: RoleRef;
  subjects?: Subject[];
}

/** What a user has by one binding. */
interface Grant {
  binding: Binding;
  subject: Subject;
  rules: PolicyRule[];
}

const asBinding = (object: StoredObject) => object as Binding;

/** Under which name the index knows a subject, or a user's name or group. */
function keyOfSubject({ kind, name, namespace }: Subject, bindingNamespace = ''): string {
  if (kind === 'Group') return `group ${name}`;
  return kind === 'ServiceAccount' ? `user system:serviceaccount:${namespace ?? bindingNamespace}:${name}` : `user ${name}`;
}

/** Which roles are bound to whom. It follows the store, so that a question costs as much as the asker has bindings. */
export class Bindings {
  readonly #store: Store;
  /** Bindings by subject, then by their place in the store. */
  readonly #bySubject = new Map<string, Map<string, { binding: Binding; subject: Subject }>>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Returns how to stop. */
  start(): () => void {
    for (const resource of [ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS]) for (const { object, key } of this.#store.list(resource)) this.#add(`${resource} ${key}`, asBinding(object));
    const stops = [ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS].map(resource => this.#store.subscribe(resource, change => this.#follow(change)));
    return () => stops.forEach(stop => stop());
  }

  #follow({ type, resource, entry, previous }: Change): void {
    const place = `${resource} ${entry.key}`;
    if (previous) this.#remove(place, asBinding(previous.object));
    if (type !== 'DELETED') this.#add(place, asBinding(entry.object));
  }

  #add(place: string, binding: Binding): void {
    for (const subject of binding.subjects ?? []) {
      const key = keyOfSubject(subject, binding.metadata.namespace);
      const known = this.#bySubject.get(key) ?? new Map();
      this.#bySubject.set(key, known.set(place, { binding, subject }));
    }
  }

  #remove(place: string, binding: Binding): void {
    for (const subject of binding.subjects ?? []) {
      const key = keyOfSubject(subject, binding.metadata.namespace);
      const known = this.#bySubject.get(key);
      known?.delete(place);
      if (known?.size === 0) this.#bySubject.delete(key);
    }
  }

  /** The rules of a role; undefined when there is no such role. */
  rulesOf({ kind, name }: RoleRef, namespace: string | undefined): PolicyRule[] | undefined {
    const isLocal = kind === 'Role';
    const role = this.#store.get(`${isLocal ? 'roles' : 'clusterroles'}.${RBAC_GROUP}`, isLocal ? `${namespace}/${name}` : name);
    return role && ((role.object.rules ?? []) as PolicyRule[]);
  }

  /** Everything that binds a user in a namespace, or in the cluster as a whole. */
  *grants({ username, groups }: User, namespace: string | undefined, missing: RoleRef[] = []): Iterable<Grant> {
    for (const key of [`user ${username}`, ...groups.map(group => `group ${group}`)]) {
      for (const { binding, subject } of this.#bySubject.get(key)?.values() ?? []) {
        const place = binding.metadata.namespace;
        if (place !== undefined && place !== namespace) continue;
        const rules = this.rulesOf(binding.roleRef, place);
        if (rules) yield { binding, subject, rules };
        else missing.push(binding.roleRef);
      }
    }
  }

  /** Everything that a user may do there. */
  rulesFor(user: User, namespace: string | undefined): PolicyRule[] {
    return [...this.grants(user, namespace)].flatMap(({ rules }) => rules);
  }

  authorize(user: User, attributes: Attributes): Decision {
    if (user.groups.includes(SUPERUSERS)) return { allowed: true };
    const missing: RoleRef[] = [];
    for (const grant of this.grants(user, attributes.namespace || undefined, missing)) {
      if (grant.rules.some(rule => permits(rule, attributes))) return { allowed: true, reason: reasonOf(grant) };
    }
    const names = missing.map(({ kind, name }) => `${kind.toLowerCase()}.${RBAC_GROUP} ${JSON.stringify(name)} not found`);
    return names.length > 0 ? { allowed: false, reason: `RBAC: ${names.length === 1 ? names[0] : `[${names.join(', ')}]`}` } : { allowed: false };
  }
}

function reasonOf({ binding: { metadata, roleRef }, subject }: Grant): string {
  const place = metadata.namespace ? `RoleBinding ${JSON.stringify(`${metadata.name}/${metadata.namespace}`)}` : `ClusterRoleBinding ${JSON.stringify(metadata.name)}`;
  const whom = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? metadata.namespace}` : subject.name;
  return `RBAC: allowed by ${place} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subject.kind} ${JSON.stringify(whom)}`;
}
