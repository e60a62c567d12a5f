/** A pipeline that runs, or would. */
export interface Ticket {
  /** The target and its workflow. */
  id: string;
  promise: string;
  namespace: string;
  /** Somebody waits for it; see {@link isAskedFor}. */
  isAsked: boolean;
  /** When its target was made, an RFC 3339 time: what began first goes on first. */
  since: string;
  /** How many turns its Promise gets where another one gets one. */
  weight: number;
}

/** What runs. */
export type Held = Pick<Ticket, 'promise' | 'namespace' | 'isAsked'>;

/** Of so many turns of a Promise one is for what nobody waits for, so that an update comes through whatever people ask. */
const SHARED_TURN = 8;

/** What runs, counted by Promise, by its namespaces, and by whether somebody waits for it. */
class Load {
  total = 0;
  private readonly counts = new Map<string, number>();
  private readonly passed: Map<string, number>;

  /** `updating`: Promises of which something waits that nobody waits for. */
  constructor(held: readonly Held[], passed: ReadonlyMap<string, number>, private readonly updating: ReadonlySet<string>) {
    this.passed = new Map(passed);
    for (const each of held) this.add(each);
  }

  add({ promise, namespace, isAsked }: Held): void {
    this.total += 1;
    for (const key of [promise, `${promise}/${namespace}`, ...(isAsked ? [`${promise}?`] : [])]) this.counts.set(key, this.count(key) + 1);
  }

  /** Whether nothing of its Promise runs; where somebody waits for it, nothing that anybody waits for. */
  isFirst({ promise, isAsked }: Held): boolean {
    return this.count(promise) === 0 || (isAsked && this.count(`${promise}?`) === 0);
  }

  give(ticket: Ticket): void {
    this.add(ticket);
    this.passed.set(ticket.promise, passedAfter(this.passed.get(ticket.promise), ticket));
  }

  compare(a: Ticket, b: Ticket): number {
    const near = ({ promise, namespace }: Held) => this.count(`${promise}/${namespace}`);
    return this.count(a.promise) / a.weight - this.count(b.promise) / b.weight || this.rank(a) - this.rank(b) || near(a) - near(b) || byAge(a, b);
  }

  private rank({ promise, isAsked }: Ticket): number {
    const isOwed = this.updating.has(promise) && (this.passed.get(promise) ?? 0) >= SHARED_TURN - 1;
    return isAsked === isOwed ? 1 : 0;
  }

  private count(key: string): number {
    return this.counts.get(key) ?? 0;
  }
}

function byAge(a: Ticket, b: Ticket): number {
  return a.since < b.since || (a.since === b.since && a.id < b.id) ? -1 : 1;
}

/** How many turns in a row a Promise has had for what somebody waited for, when this is the next one. */
export function passedAfter(before = 0, { isAsked }: Ticket): number {
  return isAsked ? before + 1 : 0;
}

const keyOf = ({ promise, namespace, isAsked }: Ticket) => `${promise}/${namespace}/${isAsked}`;

/** Who waits: by Promise, namespace, and whether somebody waits for it, the oldest last. Only the oldest of each can be next. */
export class Lines {
  private readonly lines = new Map<string, Ticket[]>();
  private readonly byId = new Map<string, Ticket>();

  constructor(tickets: Iterable<Ticket> = []) {
    for (const ticket of tickets) this.add(ticket);
  }

  get size(): number {
    return this.byId.size;
  }

  /** Instead of what waits by that id already. */
  add(ticket: Ticket): void {
    this.delete(ticket.id);
    this.byId.set(ticket.id, ticket);
    const key = keyOf(ticket);
    const line = this.lines.get(key) ?? [];
    this.lines.set(key, line);
    line.splice(placeIn(line, ticket), 0, ticket);
  }

  /** Whether it was there. */
  delete(id: string): boolean {
    const ticket = this.byId.get(id);
    if (!ticket) return false;
    this.byId.delete(id);
    const key = keyOf(ticket);
    const line = this.lines.get(key) ?? [];
    line.splice(placeIn(line, ticket), 1);
    if (line.length === 0) this.lines.delete(key);
    return true;
  }

  all(): (readonly Ticket[])[] {
    return [...this.lines.values()];
  }
}

/** Where a ticket stands, or would, in a line whose oldest is last. */
function placeIn(line: readonly Ticket[], ticket: Ticket): number {
  let [from, to] = [0, line.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (byAge(ticket, line[middle]) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Whose pipelines start now: as many as there is room for, first of the Promise that runs least for its weight, within it
 * what somebody waits for, within that of the namespace that runs least, within that the oldest. A Promise of which nothing
 * runs may use a reserve of a quarter beyond the limit, so that none waits for the end of another's long pipelines; so may
 * what somebody waits for while all that runs of its Promise is what nobody waits for. One turn in eight of a Promise is for
 * the latter. `passed`: turns in a row that each Promise has had for what somebody waited for.
 */
export function nextTurns(running: readonly Held[], waiting: Lines, limit: number, passed: ReadonlyMap<string, number> = new Map()): Ticket[] {
  const most = limit + Math.max(1, Math.floor(limit / 4));
  const chosen: Ticket[] = [];
  if (running.length >= most) return chosen;
  const lines = waiting.all().map(line => ({ line, left: line.length }));
  const load = new Load(running, passed, new Set(lines.flatMap(({ line: [{ promise, isAsked }] }) => (isAsked ? [] : [promise]))));
  while (load.total < most) {
    let best: { line: readonly Ticket[]; left: number } | undefined;
    for (const each of lines) {
      if (each.left === 0) continue;
      const head = each.line[each.left - 1];
      const mayStart = load.total < limit || load.isFirst(head);
      if (mayStart && (!best || load.compare(head, best.line[best.left - 1]) < 0)) best = each;
    }
    if (!best) break;
    best.left -= 1;
    const ticket = best.line[best.left];
    chosen.push(ticket);
    load.give(ticket);
  }
  return chosen;
}
