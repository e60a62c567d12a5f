import { labels } from './names';

type Labels = Record<string, string>;

/** What of a workload group says where it may go. */
interface Selecting {
  destinationSelectors?: { matchLabels?: Labels; source?: string }[];
}

/** What of a Destination says what it may receive. */
interface Receiving {
  metadata: { labels?: Labels; deletionTimestamp?: string };
  spec?: { strictMatchLabels?: boolean };
}

/** Which source of a selector wins where two ask for different values of one label. Source: B-SCH-5. */
const PRECEDENCE = ['promise', 'promise-workflow', 'resource-workflow'];

/** Merges label maps; on conflict the earlier entry wins. Source: B-API-8. */
export function mergeSelectors(selectors: { matchLabels?: Labels }[] | undefined): Labels {
  return Object.assign({}, ...[...(selectors ?? [])].reverse().map(entry => entry.matchLabels ?? {})) as Labels;
}

/** Whether this is the result of a dry run, which goes only where dry runs are looked at. */
export function isDryRun(object: { metadata: { labels?: Labels } }): boolean {
  return object.metadata.labels?.[labels.dryRun] === 'true';
}

/** The labels that a Destination must carry to receive the group. Source: B-SCH-5. */
export function requiredLabels(work: { metadata: { labels?: Labels } }, group: Selecting): Labels {
  return isDryRun(work) ? { [labels.dryRun]: 'true' } : selectedLabels(group);
}

/** The same of what is no dry run. */
export function selectedLabels(group: Selecting): Labels {
  const rank = (source: string | undefined) => {
    const index = PRECEDENCE.indexOf(source ?? '');
    return index < 0 ? PRECEDENCE.length : index;
  };
  return mergeSelectors([...(group.destinationSelectors ?? [])].sort((a, b) => rank(a.source) - rank(b.source)));
}

/**
 * Whether the Destination may receive what asks for these labels. Destinations for dry runs receive nothing else.
 * Source: B-SCH-6.
 */
export function isCandidate(destination: Receiving, required: Labels): boolean {
  if (destination.metadata.deletionTimestamp) return false;
  if (isDryRun(destination) && required[labels.dryRun] !== 'true') return false;
  const own = destination.metadata.labels ?? {};
  const wanted = Object.entries(required);
  if (wanted.length === 0) return !(destination.spec?.strictMatchLabels && Object.keys(own).length > 0);
  return wanted.every(([key, value]) => own[key] === value);
}
