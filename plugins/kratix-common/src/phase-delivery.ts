import type { DestinationState } from './types';
import type { Finding } from './phase-run';
import type { ParsedStatus } from './phase-status';
import { lastWords, plainText, tailOf } from './phase-words';

// What an engine writes about a Work names group ids, which tell users nothing.
/** How our engine ends its message: the labels that a destination would need, and the ones that there are. */
const WANTED = /; wanted (.+?); existing destinations: (.+)$/s;
const TECHNICAL = /workloadGroups?: \[/i;

/** What stands between the last step and Ready; undefined when everything arrived where it should. */
export function findingOfDelivery(
  destinations: DestinationState[],
  workPending: string | undefined,
  { conditions }: ParsedStatus,
): Finding | undefined {
  const works = conditions.get('WorksSucceeded');
  if (workPending !== undefined) return ofNotPlaced(workPending);
  const misplaced = destinations.find(destination => destination.phase === 'Misplaced');
  if (misplaced) return { phase: 'NotPlaced', id: 'misplaced', values: { destination: misplaced.name } };
  const failed = destinations.find(destination => destination.phase === 'Failed');
  if (failed) {
    const values = { destination: failed.name, tail: tailOf(failed.message) };
    return { phase: 'Failed', id: 'failedDelivery', values };
  }
  if (destinations.some(destination => destination.phase === 'Pending')) return ofPending(destinations);
  if (destinations.length > 0 || !works || works.status === 'True') return undefined;
  if (works.status === 'Unknown') return { phase: 'Delivering', id: 'delivering', since: works.lastTransitionTime };
  return works.reason === 'WorksMisplaced'
    ? { phase: 'NotPlaced', id: 'notPlacedSilent' }
    : { phase: 'Failed', id: 'failedDeliverySomewhere', values: { tail: tailOf(works.message) } };
}

/** What is wrong with what was delivered: files changed by hand, or bad health. */
export function findingOfUse(destinations: DestinationState[], { health }: ParsedStatus): Finding | undefined {
  if (health && ['degraded', 'unhealthy'].includes(health.state)) {
    const words = lastWords(health.words);
    const id = words ? 'degraded' : 'degradedSilent';
    return { phase: 'Degraded', id, values: { words, state: health.state } };
  }
  const drifted = destinations.filter(({ drift, files }) => drift !== undefined || files.some(file => file.changed));
  if (drifted.length === 0) return undefined;
  const count = drifted.flatMap(destination => destination.files.filter(file => file.changed)).length;
  // What was added by hand is none of the files that were delivered.
  const id = count > 0 ? 'drifted' : 'driftedUnnamed';
  return { phase: 'Drifted', id, values: { count, destinations: namesOf(drifted) } };
}

/** `eu-1, eu-2, eu-3 +2`: at most three names. */
export function namesOf(destinations: DestinationState[]): string {
  const names = destinations.map(destination => destination.name);
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} +${names.length - 3}` : names.join(', ');
}

export function countFiles(destinations: DestinationState[]): number {
  return destinations.reduce((sum, destination) => sum + destination.files.length, 0);
}

function ofNotPlaced(message: string): Finding {
  const [, wanted, existing] = WANTED.exec(plainText(message)) ?? [];
  if (wanted && existing) {
    return { phase: 'NotPlaced', id: 'notPlacedWanted', values: { wanted: lastWords(wanted), existing: lastWords(existing) } };
  }
  const words = lastWords(message);
  return words && !TECHNICAL.test(words)
    ? { phase: 'NotPlaced', id: 'notPlaced', values: { words } }
    : { phase: 'NotPlaced', id: 'notPlacedSilent' };
}

function ofPending(destinations: DestinationState[]): Finding {
  const pending = destinations.filter(destination => destination.phase === 'Pending');
  const delivered = destinations.filter(destination => destination.phase === 'Delivered');
  const count = countFiles(destinations);
  const values = { done: countFiles(delivered), count, destinations: namesOf(pending) };
  if (count === 0) {
    const totals = { done: delivered.length, total: destinations.length, destinations: namesOf(pending) };
    return { phase: 'Delivering', id: 'deliveringDestinations', values: totals };
  }
  const troubled = pending.find(destination => lastWords(destination.message));
  return troubled
    ? {
        phase: 'Delivering',
        id: 'deliveringTrouble',
        values: { ...values, destination: troubled.name, tail: tailOf(troubled.message) },
      }
    : { phase: 'Delivering', id: 'deliveringFiles', values };
}
