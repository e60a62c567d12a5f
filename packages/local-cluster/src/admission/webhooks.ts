import { randomUUID } from 'node:crypto';
import { StatusError } from '../api';
import type { AdmissionRequest } from '../auth/user';
import { equal, jsonPatch } from '../patch/json';
import { fromStored } from '../registry/convert';
import { badRequest } from '../registry/errors';
import { Overtaken, type Pause, type Write } from '../registry/write';
import type { Json } from '../schema/types';
import type { Store } from '../store/store';
import { denial, readAnswer, unheard } from './answer';
import type { Ask } from './call';
import { endpointOf } from './endpoint';
import { isExempt, isSelected, matchedVersion } from './match';
import { reviewOf } from './review';
import type { Webhook, WebhookAnswer, WebhookConfiguration } from './types';

const STORAGE = {
  mutating: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  validating: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
} as const;

interface Question {
  webhook: Webhook;
  /** The version in which the webhook wants to see the object. */
  version: string;
}

export interface WebhooksOptions {
  store: Store;
  ask: Ask;
  log: (message: string) => void;
}

/** Asks the webhooks of the stored configurations about every write that comes over HTTP. */
export class Webhooks {
  readonly #store: Store;
  readonly #ask: Ask;
  readonly #log: (message: string) => void;

  constructor({ store, ask, log }: WebhooksOptions) {
    this.#store = store;
    this.#ask = ask;
    this.#log = log;
  }

  /** Carries out a write; `begin` is called again when the object changed while webhooks were asked. */
  async carryOut<T>(begin: () => Write<T>, warnings: string[]): Promise<T> {
    for (;;) {
      const write = begin();
      try {
        let step = write.next();
        while (!step.done) step = write.next(await this.#answer(step.value, warnings));
        return step.value;
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error;
      }
    }
  }

  async #answer({ phase, request }: Pause, warnings: string[]): Promise<Json | undefined> {
    const questions = this.#questions(phase, request);
    if (questions.length === 0) return undefined;
    if (phase === 'mutating') return this.#mutate(questions, request, warnings);
    const answers = await Promise.allSettled(questions.map(question => this.#put(question, request, 'validating', warnings)));
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
    return undefined;
  }

  /** The webhooks that want to be asked, in the order of their configurations' names. */
  #questions(phase: Pause['phase'], request: AdmissionRequest): Question[] {
    const configurations = this.#store.list(STORAGE[phase]);
    if (configurations.length === 0 || isExempt(request)) return [];
    const namespaceLabels = (name: string) => this.#store.get('namespaces', name)?.object.metadata.labels ?? {};
    return configurations.flatMap(({ object }) =>
      ((object as WebhookConfiguration & Json).webhooks ?? []).flatMap(webhook => {
        const version = matchedVersion(webhook, request);
        return version && isSelected(webhook, request, namespaceLabels) ? [{ webhook, version }] : [];
      }),
    );
  }

  /** One after the other, each seeing what the one before made; those that ask for it are heard again at the end. */
  async #mutate(questions: Question[], request: AdmissionRequest, warnings: string[]): Promise<Json | undefined> {
    let { object } = request;
    const again = new Map<Question, Json | undefined>();
    const apply = async (question: Question) => {
      const { patch } = await this.#put(question, { ...request, ...(object ? { object } : {}) }, 'mutating', warnings);
      if (patch !== undefined && object) object = patched(question, request, object, patch);
    };
    for (const question of questions) {
      await apply(question);
      if (question.webhook.reinvocationPolicy === 'IfNeeded') again.set(question, object);
    }
    for (const [question, left] of again) if (!equal(left, object)) await apply(question);
    return object === request.object ? undefined : object;
  }

  /** Asks one webhook. Throws its refusal, and the failure to hear it where it must be heard. */
  async #put({ webhook, version }: Question, request: AdmissionRequest, phase: Pause['phase'], warnings: string[]): Promise<WebhookAnswer> {
    const { name, clientConfig, timeoutSeconds = 10, sideEffects, failurePolicy = 'Fail' } = webhook;
    if (request.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
      throw badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
    }
    const uid = randomUUID();
    let answer: WebhookAnswer;
    try {
      const endpoint = endpointOf(clientConfig, timeoutSeconds, this.#store);
      answer = readAnswer(await this.#ask(endpoint, reviewOf(request, version, uid), timeoutSeconds), uid, phase === 'mutating');
    } catch (error) {
      const failure = unheard(name, error as Error);
      if (failurePolicy !== 'Ignore') throw failure;
      this.#log(`${failure.message}; the write goes on, as the webhook's failurePolicy is Ignore`);
      return { allowed: true, warnings: [] };
    }
    warnings.push(...answer.warnings);
    if (!answer.allowed) throw denial(name, answer);
    return answer;
  }
}

function patched({ webhook, version }: Question, { resource, version: asked }: AdmissionRequest, object: Json, patch: unknown): Json {
  try {
    return fromStored(jsonPatch(fromStored(object, resource, version), patch), resource, asked);
  } catch (error) {
    const why = error instanceof StatusError ? error.message : String(error);
    throw new StatusError(500, 'InternalError', `Internal error occurred: the patch of admission webhook ${JSON.stringify(webhook.name)} cannot be applied: ${why}`);
  }
}
