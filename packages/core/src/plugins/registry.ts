import type { KubeObject } from '../kube/types';
import type { AdmissionRule, EngineEvent, EnginePlugin, WorkflowListener } from '../plugin';
import type { Logger } from '../runtime';
import type { ChooseDestination } from '../scheduling';
import type { StateStoreType } from '../statestore';
import type { WorkflowRunObject } from '../api';
import { guardedType } from './guarded-store';
import { within } from './within';

/** How long one call of a listener may take, and how many of one may be under way; more are left out. */
const LISTENER = { patienceMs: 10_000, most: 1_000 };
const RULE_PATIENCE_MS = 1_000;

/** A plugin did what it must not; the message names it. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
}

/** One listener, kept at arm's length. */
class Told {
  private underWay = 0;

  constructor(private readonly plugin: string, private readonly listener: WorkflowListener, private readonly log: Logger) {}

  tell(what: string, call: (listener: WorkflowListener) => void | Promise<void>): void {
    if (this.underWay >= LISTENER.most) {
      this.log.warn({ plugin: this.plugin }, `a listener is behind by ${LISTENER.most} calls; one is left out`);
      return;
    }
    let answer: void | Promise<void>;
    try {
      answer = call(this.listener);
    } catch (error) {
      this.failed(what, error);
      return;
    }
    if (!(answer instanceof Promise)) return;
    this.underWay += 1;
    within(LISTENER.patienceMs, what, () => answer)
      .catch(error => this.failed(what, error))
      .finally(() => {
        this.underWay -= 1;
      });
  }

  private failed(what: string, error: unknown) {
    this.log.error({ err: error, plugin: this.plugin }, `${what} of a listener failed`);
  }
}

/** What all plugins of an engine add up to; whatever one of them does wrong stays its own affair. */
export interface Registry {
  stateStores: ReadonlyMap<string, StateStoreType>;
  /** Throws {@link PluginError} when the plugin that decides fails. */
  chooseDestination: ChooseDestination;
  tellRun(run: WorkflowRunObject): void;
  tellEvent(event: EngineEvent): void;
  /** What the plugins' rules say to a write. Settles soon, and never rejects. */
  judge(kind: string, object: KubeObject, previous: KubeObject | undefined): Promise<{ problems: string[]; warnings: string[] }>;
}

/** Throws when two plugins bring the same kind of store, or none schedules. */
export function registryOf(plugins: readonly EnginePlugin[], log: Logger): Registry {
  const listeners = plugins.flatMap(({ name, listeners: own = [] }) => own.map(listener => new Told(name, listener, log)));
  const rules = plugins.flatMap(({ name, admission = [] }) => admission.map(rule => ({ plugin: name, rule })));
  return {
    stateStores: storesOf(plugins),
    chooseDestination: schedulerOf(plugins),
    tellRun: run => listeners.forEach(each => each.tell('onRun', listener => listener.onRun?.(run))),
    tellEvent: event => listeners.forEach(each => each.tell('onEvent', listener => listener.onEvent?.(event))),
    async judge(kind, object, previous) {
      const verdicts = await Promise.all(rules.filter(({ rule }) => rule.kind === kind).map(({ plugin, rule }) => judged(plugin, rule, object, previous)));
      return { problems: verdicts.flatMap(({ problems }) => problems), warnings: verdicts.flatMap(({ warnings }) => warnings) };
    },
  };
}

function storesOf(plugins: readonly EnginePlugin[]): Map<string, StateStoreType> {
  const stores = new Map<string, { plugin: string; type: StateStoreType }>();
  for (const { name, stateStores = [] } of plugins) {
    for (const type of stateStores) {
      const other = stores.get(type.kind);
      if (other) throw new Error(`engine plugins "${other.plugin}" and "${name}" both bring state stores of kind ${type.kind}; take one of them out`);
      stores.set(type.kind, { plugin: name, type: guardedType(name, type) });
    }
  }
  return new Map([...stores].map(([kind, { type }]) => [kind, type]));
}

function schedulerOf(plugins: readonly EnginePlugin[]): ChooseDestination {
  const [last] = plugins.filter(({ chooseDestination }) => chooseDestination).slice(-1);
  if (!last) throw new Error('no engine plugin brings chooseDestination; put "label-scheduler" into plugins');
  return (work, group, candidates) => {
    const chosen = attempt(last, () => last.chooseDestination?.(work, group, candidates));
    if (!chosen || !candidates.includes(chosen)) throw new PluginError(`plugin "${last.name}": chooseDestination answered with no Destination that matches`);
    return chosen;
  };
}

function attempt<T>({ name }: EnginePlugin, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new PluginError(`plugin "${name}": ${(error as Error)?.message ?? error}`, { cause: error });
  }
}

async function judged(plugin: string, rule: AdmissionRule, object: KubeObject, previous: KubeObject | undefined) {
  try {
    return { problems: await within(RULE_PATIENCE_MS, 'its admission rule', () => rule.problems(object, previous)), warnings: [] };
  } catch (error) {
    return { problems: [], warnings: [`plugin "${plugin}": its rule was left out: ${(error as Error)?.message ?? error}`] };
  }
}
