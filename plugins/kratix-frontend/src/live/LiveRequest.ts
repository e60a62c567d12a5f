import type { SignalApi } from '@backstage/plugin-signals-react';
import {
  signalKey,
  signalRef,
  type ChangeSignal,
  type RequestDetail,
  type ResourceIdentity,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { KratixApi } from '../apis/KratixApi';
import { problemOf, type Problem } from '../apis/problem';
import { expectedState, type RequestAction } from '../model/optimistic';
import { LiveQuery, type QuerySnapshot } from './LiveQuery';
import { sendAction } from './sendAction';

/** Without signals the page asks again after this time. */
const FALLBACK_MS = 5_000;
/** While an action's effect is awaited it asks again after this time, in case the signal was lost. */
const EFFECT_MS = 2_000;
/** An action whose effect is not seen after this time is no longer pretended. */
const LONGEST_EFFECT_MS = 10_000;

export interface LiveSnapshot extends Omit<QuerySnapshot<RequestDetail>, 'value'> {
  /** The newest answer; it stays when a later call fails, except when the request is gone or may not be seen. */
  state?: RequestDetail;
  /** What somebody here has just asked for; until its effect is seen, `state` is what is expected of it. */
  pending?: RequestAction;
  /** Why the last action was refused. */
  refusal?: Problem & { action: RequestAction };
}

/** An action whose effect is not seen yet, and what the state was like before it. */
interface Expectation {
  action: RequestAction;
  before: string;
  since: Date;
  isTaken: boolean;
}

/**
 * One request, kept up to date while somebody looks: fetched again when a change signal names it, at most one call at a
 * time, and never two copies of it for the cards of one page. All listeners see the same snapshot object.
 */
export class LiveRequest {
  private snapshot: LiveSnapshot = { isFirstLoad: true };
  /** As the server said it. */
  private readonly query: LiveQuery<RequestDetail>;
  private expectation?: Expectation;
  private refusal?: LiveSnapshot['refusal'];
  private readonly listeners = new Set<() => void>();
  private end?: () => void;

  constructor(
    private readonly identity: ResourceIdentity,
    private readonly api: KratixApi,
    signals: SignalApi | undefined,
  ) {
    this.query = new LiveQuery({
      fetch: () => api.request(identity),
      signals,
      concerns: change => this.isAboutMe(change),
      gatherMs: 0,
      fallbackMs: FALLBACK_MS,
      awaitedMs: () => (this.expectation ? EFFECT_MS : undefined),
    });
  }

  readonly getSnapshot = (): LiveSnapshot => this.snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.end = this.query.subscribe(this.onAnswer);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.end?.();
    };
  };

  /** Asks now; while a call is under way, once more after it. */
  readonly refresh = (): void => this.query.refresh();

  /**
   * Does it: listeners see at once what is expected of it, then what the server says. Answers why it was refused, if it
   * was.
   */
  readonly perform = async (action: RequestAction): Promise<Problem | undefined> => {
    const expectation = { action, before: fingerprint(this.query.getSnapshot().value), since: new Date(), isTaken: false };
    this.expectation = expectation;
    this.refusal = undefined;
    this.publish();
    try {
      await sendAction(this.api, this.identity, action);
      expectation.isTaken = true;
      return undefined;
    } catch (error) {
      const problem = problemOf(error);
      if (this.expectation === expectation) this.expectation = undefined;
      this.refusal = { ...problem, action };
      this.publish();
      return problem;
    } finally {
      this.refresh();
    }
  };

  /** Takes the words of a refusal away. */
  readonly dismiss = (): void => {
    this.refusal = undefined;
    this.publish();
  };

  private isAboutMe({ cluster, refs }: ChangeSignal): boolean {
    if (cluster !== this.identity.cluster || !Array.isArray(refs)) return false;
    const promise = this.query.getSnapshot().value?.promise;
    const mine = [signalRef(this.identity), `promises.platform.kratix.io//${promise}`].map(signalKey);
    return refs.some(ref => mine.includes(ref));
  }

  private readonly onAnswer = (): void => {
    const { value, problem } = this.query.getSnapshot();
    if (value && !problem) this.settle(value);
    this.publish();
  };

  /** Ends the expectation when its effect, whatever it is, is seen; or when it has been awaited for too long. */
  private settle(state: RequestDetail): void {
    const { expectation } = this;
    if (!expectation?.isTaken) return;
    const isLate = Date.now() - expectation.since.getTime() > LONGEST_EFFECT_MS;
    if (isLate || fingerprint(state) !== expectation.before) this.expectation = undefined;
  }

  private publish(): void {
    const { expectation, refusal } = this;
    const { value, ...known } = this.query.getSnapshot();
    const state = value && expectation ? expectedState(value, expectation.action, expectation.since) : value;
    this.snapshot = {
      ...known,
      ...(state && { state }),
      ...(expectation && { pending: expectation.action }),
      ...(refusal && { refusal }),
    };
    this.listeners.forEach(listener => listener());
  }
}

/** What an action may change. Times are left out: they differ with each answer. */
function fingerprint(state: RequestDetail | undefined): string {
  if (!state) return '';
  const { generation, paused, versions, summary, runs } = state;
  const runsInShort = runs.map(run => [run.id, run.phase, run.steps.map(step => [step.phase, step.attempt])]);
  return JSON.stringify([generation, paused, versions, summary.phase, runsInShort]);
}
