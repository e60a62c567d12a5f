import {
  conditionOf,
  kratixLabels,
  type DestinationSource,
  type FileSource,
  type PlacementSource,
  type WorkSource,
} from './stateObjects';
import type { DeliveredFile, DestinationState } from './types';

/** From good to bad: a destination is as bad as its worst placement. */
const SEVERITY: DestinationState['phase'][] = ['Delivered', 'Pending', 'Misplaced', 'Failed'];

/** Bytes of a packed file, without unpacking it: gzip ends with the length of what it holds. */
export function packedSize(content: string | undefined): number {
  if (!content) return 0;
  try {
    const tail = atob(content.slice(-8));
    const byte = (fromEnd: number) => tail.charCodeAt(tail.length - fromEnd);
    return tail.length < 4 ? 0 : byte(4) + byte(3) * 0x100 + byte(2) * 0x10000 + byte(1) * 0x1000000;
  } catch {
    return 0;
  }
}

function filesOf(workloads: FileSource[] | undefined, step: string): DeliveredFile[] {
  return (workloads ?? []).map(({ filepath, content, size }) => ({ path: filepath ?? '', size: size ?? packedSize(content), step }));
}

/** What the engine says of files that somebody changed in the store, and that it leaves so. Source: Q-56. */
function driftOf({ status }: PlacementSource): string | undefined {
  const drifted = conditionOf(status?.conditions, 'Drifted');
  return drifted?.status === 'True' ? drifted.message : undefined;
}

const NAMED = /"([^"]+)" was (?:edited|removed)/g;

/** Marks the files that are named, each by its path in the store, which ends with its own. */
function marked(files: DeliveredFile[], drift: string | undefined): DeliveredFile[] {
  const longestFirst = [...files].sort((a, b) => b.path.length - a.path.length);
  const named = [...(drift ?? '').matchAll(NAMED)].map(([, path]) => longestFirst.find(file => `/${path}`.endsWith(`/${file.path}`)));
  return files.map(file => (named.includes(file) ? { ...file, changed: true } : file));
}

/** How far one placement has come. Source: B-SCH-25, B-SCH-26, B-SS-23, B-SS-24. */
export function phaseOfPlacement({ metadata, status }: PlacementSource): Pick<DestinationState, 'phase' | 'message'> {
  const scheduled = conditionOf(status?.conditions, 'ScheduleSucceeded');
  if (metadata.labels?.[kratixLabels.misplaced] === 'true') return { phase: 'Misplaced', message: scheduled?.message };
  const written = conditionOf(status?.conditions, 'WriteSucceeded');
  if (written?.status === 'False') return { phase: 'Failed', message: written.message };
  const isCurrent = written?.observedGeneration === undefined || written.observedGeneration >= (metadata.generation ?? 0);
  return { phase: written?.status === 'True' && isCurrent ? 'Delivered' : 'Pending', message: undefined };
}

/** The step that made a placement's files. */
export function stepOfPlacement(placement: PlacementSource, works: WorkSource[]): string {
  const label = placement.metadata.labels?.[kratixLabels.pipeline];
  if (label) return label;
  const work = works.find(candidate => candidate.metadata.name === placement.metadata.labels?.[kratixLabels.work]);
  return work?.metadata.labels?.[kratixLabels.pipeline] ?? '';
}

function merge(name: string, states: DestinationState[], store: DestinationState['store']): DestinationState {
  const worst = Math.max(...states.map(state => SEVERITY.indexOf(state.phase)));
  const telling = states.find(state => SEVERITY.indexOf(state.phase) === worst && state.message);
  return {
    name,
    phase: SEVERITY[worst],
    message: telling?.message,
    version: states.map(state => state.version).filter(Boolean).pop(),
    store,
    drift: [...new Set(states.flatMap(state => state.drift ?? []))].join('; ') || undefined,
    files: states.flatMap(state => state.files),
  };
}

export interface DeliverySources {
  works: WorkSource[];
  placements: PlacementSource[];
  destinations: DestinationSource[];
}

/** Where a request's files go: one entry per destination, sorted by name, each with the files of every step. */
export function destinationsOf({ works, placements, destinations }: DeliverySources): DestinationState[] {
  const byName = new Map<string, DestinationState[]>();
  for (const placement of placements) {
    const name = placement.spec?.targetDestinationName ?? '';
    const drift = driftOf(placement);
    const files = marked(filesOf(placement.spec?.workloads, stepOfPlacement(placement, works)), drift);
    const state = { name, ...phaseOfPlacement(placement), version: placement.status?.versionID, drift, files };
    byName.set(name, [...(byName.get(name) ?? []), state]);
  }
  return [...byName.entries()]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, states]) => merge(name, states, destinations.find(({ metadata }) => metadata.name === name)?.spec?.stateStoreRef));
}

/** Why a Work has no destination, in its engine's words; undefined where every Work has one. */
export function unscheduledMessage(works: WorkSource[]): string | undefined {
  return works
    .map(work => conditionOf(work.status?.conditions, 'ScheduleSucceeded'))
    .find(condition => condition?.status === 'False' && condition.reason === 'UnscheduledWorkloads')?.message;
}
