import type { RequestObject, Run, Step } from '@kratix-ts/backstage-plugin-kratix-common';
import { planAction, type ActionTarget, type RequestAction } from './planAction';

const aRequest = (labels: Record<string, string> = {}): RequestObject => ({
  apiVersion: 'example.org/v1',
  kind: 'Thing',
  metadata: { name: 'one', namespace: 'default', labels },
});

const aRun = (phase: Run['phase'], ...phases: Step['phase'][]): Run => ({
  id: 'one-1',
  action: 'configure',
  type: 'resource',
  trigger: 'created',
  phase,
  steps: phases.map((stepPhase, index) => ({ name: ['first', 'second', 'third'][index], phase: stepPhase, attempt: 1, containers: [] })),
});

/** The first step failed, and its Job waits before the next attempt. */
const between = (...more: Partial<Step['containers'][number]>[]): Partial<ActionTarget> => {
  const run = aRun('Running', 'Running', 'Pending');
  const containers = [{ name: 'one', helper: false, phase: 'Failed' as const }, ...more.map(each => ({ name: 'two', helper: false, phase: 'Waiting' as const, ...each }))];
  return { runs: [{ ...run, steps: [{ ...run.steps[0], containers }, run.steps[1]] }] };
};

const aTarget = (extra: Partial<ActionTarget> = {}): ActionTarget => ({
  request: aRequest(),
  promise: { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name: 'thing' } },
  runs: [aRun('Failed', 'Succeeded', 'Failed', 'Pending')],
  keepsRuns: true,
  ...extra,
});

const paused = { 'kratix.io/paused': 'true' };
const suspended = { 'kratix.io/workflow-suspended': 'true' };
const pausedPromise = { apiVersion: '', kind: 'Promise', metadata: { name: 'thing', labels: paused } };
const manual = { labels: { 'kratix.io/manual-reconciliation': 'true' } };

it.each<[string, RequestAction, Partial<ActionTarget>, object]>([
  ['pauses', { do: 'pause' }, {}, { labels: paused }],
  ['unpauses', { do: 'unpause' }, { request: aRequest(paused) }, { labels: { 'kratix.io/paused': null } }],
  ['resumes', { do: 'resume' }, { request: aRequest(suspended) }, { labels: { 'kratix.io/workflow-suspended': null } }],
  ['runs again from the start', { do: 'rerun' }, {}, manual],
  ['runs again from a step', { do: 'rerun', from: 'second' }, { runs: [aRun('Succeeded', 'Succeeded', 'Succeeded')] }, { annotations: { 'workflows.kratix-ts.dev/retry-from': 'second' } }],
  ['runs again from the first step with any engine', { do: 'rerun', from: 'first' }, { keepsRuns: false }, manual],
  ['tries the failed step again', { do: 'retry' }, {}, { annotations: { 'workflows.kratix-ts.dev/retry-from': 'second' } }],
  ['tries a step again that waits for somebody', { do: 'retry' }, { runs: [aRun('Suspended', 'Succeeded', 'Suspended')] }, { annotations: { 'workflows.kratix-ts.dev/retry-from': 'second' } }],
  ['tries a named step again', { do: 'retry', step: 'third' }, {}, { annotations: { 'workflows.kratix-ts.dev/retry-from': 'third' } }],
  ['tries a first step again with any engine', { do: 'retry' }, { keepsRuns: false, runs: [aRun('Failed', 'Failed', 'Pending')] }, manual],
  ['does not wait for the next attempt of a step that failed', { do: 'retry', step: 'first' }, between(), manual],
])('%s', (_, action, extra, change) => {
  expect(planAction(action, aTarget(extra))).toEqual(change);
});

it.each<[RequestAction, Partial<ActionTarget>, string]>([
  [{ do: 'pause' }, { request: aRequest(paused) }, 'Thing "default/one" is paused already: label kratix.io/paused is "true"'],
  [{ do: 'unpause' }, {}, 'Thing "default/one" is not paused: it has no label kratix.io/paused with value "true"'],
  [{ do: 'unpause' }, { promise: pausedPromise }, 'Promise "thing" is paused; take label kratix.io/paused from the Promise first'],
  [{ do: 'resume' }, {}, 'does not wait for anybody: it has no label kratix.io/workflow-suspended with value "true"; run it again instead'],
  [{ do: 'resume' }, { request: aRequest({ ...paused, ...suspended }) }, 'is paused by its label kratix.io/paused; unpause it first'],
  [{ do: 'rerun' }, { request: aRequest(paused) }, 'unpause it first'],
  [{ do: 'rerun' }, { promise: pausedPromise }, 'take label kratix.io/paused from the Promise first'],
  [{ do: 'rerun', from: 'fourth' }, {}, 'has no step "fourth"; its newest run has: first, second, third'],
  [{ do: 'rerun', from: 'second' }, { keepsRuns: false }, 'the engine of its cluster runs workflows from the start only; run it again from the start'],
  [{ do: 'retry' }, { runs: [aRun('Running', 'Running')] }, 'has no failed step to try again: its newest run one-1 is Running; run it again instead'],
  [{ do: 'retry' }, between({ phase: 'Running' }), 'its newest run one-1 is Running; run it again instead'],
  [{ do: 'retry' }, { runs: [] }, 'it has not run yet'],
  [{ do: 'retry', step: 'x' }, {}, 'has no step "x"'],
])('refuses %j that does not fit, and says why', (action, extra, words) => {
  expect(() => planAction(action, aTarget(extra))).toThrow(words);
});
