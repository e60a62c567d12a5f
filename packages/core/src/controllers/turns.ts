import type { WorkflowRunObject } from '../api';
import type { Informer } from '../kube';
import { isAskedFor, isOver, Lines, nextTurns, passedAfter, type Held, type JobObject, type Ticket } from '../workflow';

const isRunning = ({ status }: WorkflowRunObject) => status?.pipelines.some(({ phase }) => phase === 'Running') ?? false;

/**
 * Lets so many pipelines run at once, and no more: a node that starts a hundred pods at once is slower than one that starts
 * twenty at a time. Nothing is written down but the runs themselves; who waits asks again at each of its reconciles.
 */
export class Turns {
  private readonly waiting = new Lines();
  private readonly wakes = new Map<string, () => void>();
  /** Have their turn, and no Job yet. */
  private readonly starting = new Map<string, Ticket>();
  /** How many turns in a row each Promise has had for what somebody waited for. */
  private readonly passed = new Map<string, number>();
  private isCalling = false;

  constructor(
    private readonly informers: { runs: Informer<WorkflowRunObject>; jobs: Informer<JobObject> },
    private readonly limit: () => number,
  ) {
    informers.runs.addIndex('running', run => (isRunning(run) ? ['yes'] : []));
    // only what ends makes room
    informers.runs.onChange(event => {
      const before = event.type === 'modified' ? event.previous : event.object;
      if (isRunning(before) && (event.type === 'deleted' || !isRunning(event.object))) this.call();
    });
    informers.jobs.onChange(({ type, object }) => {
      if (type === 'deleted' || isOver(object)) this.call();
    });
  }

  /** Whether a pipeline may start now. If not, `wake` is called when it may; it must ask again then. */
  ask(ticket: Ticket, wake: () => void): boolean {
    this.waiting.add(ticket);
    this.wakes.set(ticket.id, wake);
    const chosen = this.next();
    if (!chosen.some(({ id }) => id === ticket.id)) return false;
    this.forget(ticket.id);
    this.starting.set(ticket.id, ticket);
    this.passed.set(ticket.promise, passedAfter(this.passed.get(ticket.promise), ticket));
    return true;
  }

  /** Its Job is there, and counts from now on. */
  started(id: string): void {
    // where none could be made, there is room
    if (this.starting.delete(id)) this.call();
  }

  /** Gives up its place. Every reconcile begins with this, so that what is gone, or paused, holds nobody up. */
  leave(id: string): void {
    const wasThere = this.forget(id);
    const hadTurn = this.starting.delete(id);
    if (wasThere || hadTurn) this.call();
  }

  /** More may run now. */
  call(): void {
    if (this.isCalling || this.waiting.size === 0) return;
    this.isCalling = true;
    // many events in a row are one
    setImmediate(() => {
      this.isCalling = false;
      for (const { id } of this.next()) this.wakes.get(id)?.();
    });
  }

  private forget(id: string): boolean {
    this.wakes.delete(id);
    return this.waiting.delete(id);
  }

  private next(): Ticket[] {
    return nextTurns(this.running(), this.waiting, this.limit(), this.passed);
  }

  private running(): Held[] {
    const active = this.informers.runs.byIndex('running', 'yes').filter(run => this.hasActiveJob(run));
    return [...active.map(({ spec }) => ({ promise: spec.promiseName, namespace: spec.target.namespace ?? '', isAsked: isAskedFor(spec.trigger) })), ...this.starting.values()];
  }

  private hasActiveJob({ metadata, status }: WorkflowRunObject): boolean {
    const names = status?.pipelines.filter(({ phase }) => phase === 'Running').map(each => each.job) ?? [];
    return names.some(name => {
      const job = this.informers.jobs.get(`${metadata.namespace}/${name}`);
      return job !== undefined && !isOver(job);
    });
  }
}
