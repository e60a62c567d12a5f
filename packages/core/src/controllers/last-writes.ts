import type { DestinationObject, WorkPlacementObject } from '../api';
import type { InformerEvent } from '../kube';
import type { Key } from '../kube/types';
import { newestWrite } from '../scheduling';

/** A Destination may be many requests behind in what it says of its last write, but not longer than this, in milliseconds. */
const PATIENCE = 60_000;

/** Which Destinations are to say that they were written to, and when: a write of theirs for each of a placement's would be many. */
export class LastWrites {
  /** Milliseconds since 1970. */
  private readonly due = new Map<Key, number>();
  private readonly known = new Set<Key>();

  constructor(private readonly now: () => Date, private readonly patience = PATIENCE) {}

  /** In how many milliseconds a Destination is to be looked at because of a write to it that is the first since; else undefined. */
  noticed(destination: Key): number | undefined {
    if (this.due.has(destination)) return undefined;
    this.due.set(destination, this.now().getTime() + this.patience);
    return this.patience;
  }

  /** What a Destination is to record at its next write, whyever that happens. */
  of(destination: DestinationObject, placements: readonly WorkPlacementObject[]): Pick<NonNullable<DestinationObject['status']>, 'lastWrite'> {
    const lastWrite = newestWrite(placements, destination.status?.lastWrite);
    return lastWrite ? { lastWrite } : {};
  }

  /** Whether this process has not asked before: a write that another process noticed, and did not live to record, is found then. */
  isNew(destination: Key): boolean {
    const isNew = !this.known.has(destination);
    this.known.add(destination);
    return isNew;
  }

  /** In how many milliseconds a Destination's last write is to be recorded, 0 for now; undefined when nothing is. */
  dueIn(destination: Key): number | undefined {
    const at = this.due.get(destination);
    return at === undefined ? undefined : Math.max(0, at - this.now().getTime());
  }

  /** The Destination says it. */
  settled(destination: Key): void {
    this.due.delete(destination);
  }

  /** The Destination is gone. */
  forget(destination: Key): void {
    this.due.delete(destination);
    this.known.delete(destination);
  }
}

/** Whether a placement says that its files were written since. */
export function wasWritten(event: InformerEvent<WorkPlacementObject>): boolean {
  const time = (placement: WorkPlacementObject) => placement.status?.lastWrite?.time;
  return event.type === 'modified' && time(event.object) !== undefined && time(event.object) !== time(event.previous);
}
