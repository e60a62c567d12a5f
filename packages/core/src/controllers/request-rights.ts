import { coreTypes, type KubeObject } from '../kube';
import { isSame } from '../kube/diff';
import { Controller } from '../runtime';
import type { EngineContext } from './context';

interface PolicyRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

interface ClusterRoleObject extends KubeObject {
  rules?: PolicyRule[] | null;
}

interface Definition extends KubeObject {
  spec?: { group?: string; names?: { plural?: string } };
}

/** More than the engine does itself, so that a pipeline of one Promise can be given rights to make requests of another. */
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** What lets an engine work on the requests of these definitions, and on nothing else. */
export function requestRules(definitions: readonly Definition[]): PolicyRule[] {
  const groups = new Map<string, Set<string>>();
  for (const { spec } of definitions) {
    if (!spec?.group || !spec.names?.plural) continue;
    groups.set(spec.group, (groups.get(spec.group) ?? new Set()).add(spec.names.plural));
  }
  return [...groups.keys()].sort().flatMap(group => {
    const plurals = [...(groups.get(group) ?? [])].sort();
    const rule = (suffix: string, verbs: string[]): PolicyRule => ({ apiGroups: [group], resources: plurals.map(plural => `${plural}${suffix}`), verbs });
    return [rule('', VERBS), rule('/status', ['get', 'patch', 'update']), rule('/finalizers', ['update'])];
  });
}

/**
 * Keeps one ClusterRole in step with the APIs of all Promises: an engine with narrow rights may not touch what is new to
 * the cluster before that. Source: B-PR-18, Q-48.
 */
export function requestRightsController({ api, cache, informers, log }: EngineContext, role: string): Controller {
  const roles = cache.informer<ClusterRoleObject>(coreTypes.ClusterRole, { fieldSelector: `metadata.name=${role}` });
  const reconcile = async () => {
    const rules = requestRules(informers.crds.list());
    if (isSame(roles.get(role)?.rules ?? [], rules)) return;
    await api.apply<ClusterRoleObject>(coreTypes.ClusterRole, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: role }, rules });
  };
  return new Controller({ name: 'clusterrole', log, workers: 1, reconcile })
    .watches(informers.crds, () => [role])
    .watches(roles, () => [role]);
}
