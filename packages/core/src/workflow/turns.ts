/** A pipeline that runs, or would. */
export interface Ticket {
  /** The target and its workflow. */
  id: string;
  promise: string;
  namespace: string;
  /** When its run was recorded, an RFC 3339 time: what began first goes on first. */
  since: string;
  /** How many turns its Promise gets where another one gets one. */
  weight: number;
}

type Held = Pick<Ticket, 'promise' | 'namespace'>;

/** What runs, counted by Promise and by its namespaces. */
class Load {
  total = 0;
  private readonly counts = new Map<string, number>();

  constructor(held: readonly Held[]) {
    for (const each of held) this.add(each);
  }

  add({ promise, namespace }: Held): void {
    this.total += 1;
    for (const key of [promise, `${promise}/${namespace}`]) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  of({ promise }: Held): number {
    return this.counts.get(promise) ?? 0;
  }

  compare(a: Ticket, b: Ticket): number {
    const near = ({ promise, namespace }: Ticket) => this.counts.get(`${promise}/${namespace}`) ?? 0;
    const byAge = () => (a.since < b.since || (a.since === b.since && a.id < b.id) ? -1 : 1);
    return this.of(a) / a.weight - this.of(b) / b.weight || near(a) - near(b) || byAge();
  }
}

/**
 * Whose pipelines start now: as many as there is room for, first of the Promise that runs least for its weight, within it
 * of the namespace that runs least, within that the oldest. A Promise of which nothing runs may use a reserve of a quarter
 * beyond the limit, so that none waits for the end of another's long pipelines.
 */
export function nextTurns(running: readonly Held[], waiting: Iterable<Ticket>, limit: number): Ticket[] {
  const load = new Load(running);
  const reserve = Math.max(1, Math.floor(limit / 4));
  const left = new Set(waiting);
  const chosen: Ticket[] = [];
  while (load.total < limit + reserve) {
    let best: Ticket | undefined;
    for (const ticket of left) {
      const mayStart = load.total < limit || load.of(ticket) === 0;
      if (mayStart && (!best || load.compare(ticket, best) < 0)) best = ticket;
    }
    if (!best) break;
    chosen.push(best);
    left.delete(best);
    load.add(best);
  }
  return chosen;
}
