import type { WorkflowRunObject } from '../api';
import type { Informer } from '../kube';
import { isOver, nextTurns, type JobObject, type Ticket } from '../workflow';

interface Waiting extends Ticket {
  wake: () => void;
}

/**
 * Lets so many pipelines run at once, and no more: a node that starts a hundred pods at once is slower than one that starts
 * twenty at a time. Nothing is written down but the runs themselves; who waits asks again at each of its reconciles.
 */
export class Turns {
  private readonly waiting = new Map<string, Waiting>();
  /** Have their turn, and no Job yet. */
  private readonly starting = new Map<string, Ticket>();
  private isCalling = false;

  constructor(
    private readonly informers: { runs: Informer<WorkflowRunObject>; jobs: Informer<JobObject> },
    private readonly limit: () => number,
  ) {
    informers.runs.addIndex('running', run => (run.status?.pipelines.some(({ phase }) => phase === 'Running') ? ['yes'] : []));
    informers.runs.onChange(() => this.call());
    informers.jobs.onChange(() => this.call());
  }

  /** Whether a pipeline may start now. If not, `wake` is called when it may; it must ask again then. */
  ask(ticket: Ticket, wake: () => void): boolean {
    this.waiting.set(ticket.id, { ...ticket, wake });
    const chosen = this.next();
    if (!chosen.some(({ id }) => id === ticket.id)) return false;
    this.waiting.delete(ticket.id);
    this.starting.set(ticket.id, ticket);
    return true;
  }

  /** Its Job is there, and counts from now on. */
  started(id: string): void {
    this.starting.delete(id);
  }

  /** Gives up its place. Every reconcile begins with this, so that what is gone, or paused, holds nobody up. */
  leave(id: string): void {
    const wasThere = this.waiting.delete(id);
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
      for (const { id } of this.next()) this.waiting.get(id)?.wake();
    });
  }

  private next(): Ticket[] {
    return nextTurns(this.running(), this.waiting.values(), this.limit());
  }

  private running() {
    const active = this.informers.runs.byIndex('running', 'yes').filter(run => this.hasActiveJob(run));
    return [...active.map(({ spec }) => ({ promise: spec.promiseName, namespace: spec.target.namespace ?? '' })), ...this.starting.values()];
  }

  private hasActiveJob({ metadata, status }: WorkflowRunObject): boolean {
    const names = status?.pipelines.filter(({ phase }) => phase === 'Running').map(each => each.job) ?? [];
    return names.some(name => {
      const job = this.informers.jobs.get(`${metadata.namespace}/${name}`);
      return job !== undefined && !isOver(job);
    });
  }
}
