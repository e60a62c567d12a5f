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

  private near({ promise, namespace }: Held): number {
    return this.counts.get(`${promise}/${namespace}`) ?? 0;
  }

  compare(a: Ticket, b: Ticket): number {
    return this.of(a) / a.weight - this.of(b) / b.weight || this.near(a) - this.near(b) || byAge(a, b);
  }
}

function byAge(a: Ticket, b: Ticket): number {
  return a.since < b.since || (a.since === b.since && a.id < b.id) ? -1 : 1;
}

/** Who waits, by Promise and namespace, the oldest last: only the oldest of each can be next. */
function queuesOf(waiting: Iterable<Ticket>): Ticket[][] {
  const queues = new Map<string, Ticket[]>();
  for (const ticket of waiting) {
    const key = `${ticket.promise}/${ticket.namespace}`;
    const queue = queues.get(key);
    if (queue) queue.push(ticket);
    else queues.set(key, [ticket]);
  }
  return [...queues.values()].map(queue => queue.sort((a, b) => byAge(b, a)));
}

/**
 * Whose pipelines start now: as many as there is room for, first of the Promise that runs least for its weight, within it
 * of the namespace that runs least, within that the oldest. A Promise of which nothing runs may use a reserve of a quarter
 * beyond the limit, so that none waits for the end of another's long pipelines.
 */
export function nextTurns(running: readonly Held[], waiting: Iterable<Ticket>, limit: number): Ticket[] {
  const load = new Load(running);
  const most = limit + Math.max(1, Math.floor(limit / 4));
  const chosen: Ticket[] = [];
  if (load.total >= most) return chosen;
  const queues = queuesOf(waiting);
  while (load.total < most) {
    let best: Ticket[] | undefined;
    for (const queue of queues) {
      const head = queue.at(-1);
      const mayStart = head && (load.total < limit || load.of(head) === 0);
      if (mayStart && (!best || load.compare(head, best[best.length - 1]) < 0)) best = queue;
    }
    const ticket = best?.pop();
    if (!ticket) break;
    chosen.push(ticket);
    load.add(ticket);
  }
  return chosen;
}
