import { kratixLabels, type RequestObject } from './stateObjects';

/** The request whose pipeline made another one, as far as the other one says. */
export interface ParentRef {
  /** Missing where only the kind is known. */
  promise?: string;
  group?: string;
  kind?: string;
  namespace: string;
  name: string;
}

/**
 * The request that a compound Promise's pipeline made this one for: by its `kratix.io/parent-…` labels, else the first
 * owner outside the groups of Kubernetes; whether that one is a request is for the caller to find out. Source: B-DR-3.
 */
export function parentOf({ metadata }: RequestObject): ParentRef | undefined {
  const { labels = {}, ownerReferences = [], namespace = '' } = metadata;
  const name = labels[kratixLabels.parentResource];
  if (name) return { promise: labels[kratixLabels.parentPromise], namespace: labels[kratixLabels.parentNamespace] ?? namespace, name };
  for (const owner of ownerReferences) {
    const [group, version] = (owner.apiVersion ?? '').split('/');
    if (version && owner.kind && owner.name && group.includes('.')) return { group, kind: owner.kind, namespace, name: owner.name };
  }
  return undefined;
}

/** True for what a dry run makes for itself: nobody asked for it, and it goes when the dry run has its answer. Source: B-DR-1. */
export function isDryRun({ metadata }: RequestObject): boolean {
  return metadata.labels?.[kratixLabels.dryRun] === 'true';
}
