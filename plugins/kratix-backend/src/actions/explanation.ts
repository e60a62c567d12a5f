import { tellingContainer, type Phase, type RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';

/** Why a request is as it is, and what to do about it. */
export interface Explanation {
  phase: Phase;
  sentence: string;
  step?: string;
  container?: string;
  exitCode?: number;
  reason?: string;
  /** Conditions that are not true, in the engine's words. */
  conditions: string[];
  /** Warnings of Kubernetes, newest last. */
  events: string[];
  /** Destinations that do not have the files. */
  undelivered: string[];
  nextStep: string;
}

const MOST_EVENTS = 10;

const NEXT: Record<Phase, string> = {
  Waiting: 'Wait until the Promise is available; describe-promise says what it needs.',
  Queued: 'Nothing to do: it starts by itself.',
  Running: 'Nothing to do: it is being worked on.',
  PausedByStep: 'A step waits for a person. Somebody who may decide resumes the request on its page in the portal.',
  Retrying: 'Nothing to do: it tries again by itself. If it keeps failing, read the last log lines and mend their cause.',
  Delivering: 'Nothing to do unless it lasts: the files are on their way to their destinations.',
  Ready: 'Nothing to do.',
  Degraded: 'What was delivered runs badly: look at its health on the destination. Running the request again does not mend that.',
  Drifted: 'A file was changed in the store by hand. Run the request again (rerun-request) to put it back.',
  NotPlaced: 'No destination matches the labels that are asked for. The platform team adds one, or the request asks for other labels.',
  Failed: 'Mend the cause that the log lines name. If it was in the spec, change the spec; if it lay outside, run it again (rerun-request).',
  Paused: 'The platform team has paused it; they take the pause away.',
  Deleting: 'Nothing to do: it is being deleted.',
  Unknown: 'Its cluster cannot be reached; what is said is what was known last. Tell the platform team if it lasts.',
};

/** Puts together what the objects say about a request; what its containers said is not in it. */
export function explain({ summary, runs, conditions, events, destinations, promiseConditions }: RequestDetail): Explanation {
  const run = runs[0];
  const telling = tellingContainer(run);
  const container = telling?.step.containers.find(({ name }) => name === telling.container);
  const isAboutStep = summary.step !== undefined || run?.phase === 'Failed';
  const words = (prefix: string) => ({ type, status, reason, message }: RequestDetail['conditions'][number]) =>
    `${prefix}${type} is ${status}: ${[reason, message].filter(Boolean).join(', ')}`;
  return {
    phase: summary.phase,
    sentence: summary.sentence,
    ...(isAboutStep && telling && { step: telling.step.name, container: telling.container }),
    ...(isAboutStep && container?.exitCode !== undefined && { exitCode: container.exitCode }),
    ...(isAboutStep && container?.reason && { reason: container.reason }),
    conditions: [
      ...conditions.filter(({ status }) => status !== 'True').map(words('')),
      ...promiseConditions.filter(({ status }) => status !== 'True').map(words('Promise: ')),
    ],
    events: events.filter(({ type }) => type === 'Warning').slice(-MOST_EVENTS).map(({ reason, message, count, about }) => `${reason} (${about.kind} ${about.name}${count > 1 ? `, ${count} times` : ''}): ${message}`),
    undelivered: destinations.filter(({ phase }) => phase !== 'Delivered').map(({ name, phase, message }) => `${name}: ${phase}${message ? `, ${message}` : ''}`),
    nextStep: NEXT[summary.phase],
  };
}
