import type { DestinationObject, WorkloadGroup } from '../api';

type Labels = Record<string, string>;

/** Which source of a selector wins where two ask for different values of one label. Source: B-SCH-5. */
const PRECEDENCE = ['promise', 'promise-workflow', 'resource-workflow'];

/** Merges label maps; on conflict the earlier entry wins. Source: B-API-8. */
export function mergeSelectors(selectors: { matchLabels?: Labels }[] | undefined): Labels {
  return Object.assign({}, ...[...(selectors ?? [])].reverse().map(entry => entry.matchLabels ?? {})) as Labels;
}

/** The labels that a Destination must carry to receive the group. */
export function requiredLabels(group: WorkloadGroup): Labels {
  const rank = (source: string | undefined) => {
    const index = PRECEDENCE.indexOf(source ?? '');
    return index < 0 ? PRECEDENCE.length : index;
  };
  return mergeSelectors([...(group.destinationSelectors ?? [])].sort((a, b) => rank(a.source) - rank(b.source)));
}

/** Whether the Destination may receive what asks for these labels. Source: B-SCH-6. */
export function isCandidate(destination: DestinationObject, required: Labels): boolean {
  if (destination.metadata.deletionTimestamp) return false;
  const own = destination.metadata.labels ?? {};
  const wanted = Object.entries(required);
  if (wanted.length === 0) return !(destination.spec?.strictMatchLabels && Object.keys(own).length > 0);
  return wanted.every(([key, value]) => own[key] === value);
}
