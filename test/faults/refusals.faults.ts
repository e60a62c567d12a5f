import type { Fault, ProxiedCall } from '@kratix-ts/core/testing';
import { complaintsOf } from '../cluster/support';
import { Life, request, requestType, type Stage } from './support/life';
import { course, each, numbers, walk } from './support/walk';

/* The API server refuses, fails, or takes effect without an answer. */

const stages: Stage[] = ['create', 'update', 'suspend', 'resume', 'delete'];

/** Kinds of calls, such as `patch works/status`. */
const kindOf = ({ verb, resource, subresource }: ProxiedCall) => [`${verb} ${resource}`, subresource].filter(Boolean).join('/');

/** Every kind of call that an engine makes in a stage. */
async function callsOf(stage: Stage): Promise<string[]> {
  const life = await Life.begin();
  try {
    const { proxy } = await life.engine();
    if (stage === 'delete') await life.live('create');
    const before = proxy.calls.length;
    await life.live(stage);
    await life.settled();
    return [...new Set(proxy.calls.slice(before).filter(({ resource }) => resource && resource !== 'events').map(kindOf))].sort();
  } finally {
    await life.end();
  }
}

const passing: [string, Fault][] = [
  ['409', { status: 409, reason: 'Conflict', message: 'the object has been modified' }],
  ['429', { status: 429, reason: 'TooManyRequests', message: 'slow down', retryAfterSeconds: 0.05 }],
  ['500', { status: 500, reason: 'InternalError', message: 'etcdserver: request timed out' }],
  ['a time-out that took effect', { loseAnswer: true }],
];

describe.each(['create', 'delete'] as const)('each kind of call of %s, once', stage => {
  it.each(passing)('D63, D64: %s', async (_what, fault) => {
    const plain = await course(stage);
    const kinds = await callsOf(stage);
    const chosen = numbers(0, kinds.length - 1, 6).map(index => kinds[index]);
    await each(chosen, kind => walk(plain, life => life.supervised(proxy => proxy.fail(call => kindOf(call) === kind, fault, 1))));
  }, 600_000);

  it.each([403, 422])('D64: %i ends in the same state once it is granted, and is told where it ends a run', async status => {
    const plain = await course(stage);
    // a refused list or watch is another matter: what is not seen cannot be acted upon
    const kinds = (await callsOf(stage)).filter(kind => !/^(list|watch|get) /.test(kind) && !endsRun.test(kind));
    const chosen = numbers(0, kinds.length - 1, 6).map(index => kinds[index]);
    const fault = { status, reason: status === 403 ? 'Forbidden' : 'Invalid', message: 'the test does not want it' };
    await each(chosen, kind => walk(plain, life => life.supervised(proxy => proxy.fail(call => kindOf(call) === kind, fault, 1))));
  }, 600_000);
});

/** What a Job needs to start: its refusal is the end of the run. */
const endsRun = /^(create|patch) (jobs|serviceaccounts|roles|rolebindings|clusterroles|clusterrolebindings|configmaps)/;

describe('Q-6: what a Job needs is refused', () => {
  it.each([
    ['create jobs', 403],
    ['create jobs', 422],
    ['create serviceaccounts', 403],
    ['patch roles', 403],
    ['patch rolebindings', 422],
  ])('B25, D64: %s with %i fails the run with the server’s words, and the label runs it again', async (kind, status) => {
    const life = await Life.begin();
    try {
      const { proxy } = await life.engine();
      await life.offer();
      const fault = { status, reason: 'Forbidden', message: 'the quota of this test is used up' };
      proxy.fail(call => kindOf(call) === kind, fault, 1);
      await life.ask('word');
      const failed = await life.world.until('a failure', () => {
        const found = life.world.get(requestType, request);
        return complaintsOf(found).includes('the quota of this test is used up') && found;
      });
      expect(complaintsOf(failed)).toContain('A Configure Pipeline has failed: one');
      await life.world.merge(requestType, request, { metadata: { labels: { 'kratix.io/manual-reconciliation': 'true' } } });
      await life.world.untilReady(requestType, request);
      expect(life.world.kubelet.counts()).toMatchObject({ 'life/request/configure/one': 1, 'life/request/configure/two': 1 });
    } finally {
      await life.end();
    }
  });
});

describe.each(stages)('conflicts all the time in %s', stage => {
  it('D63: every second write meets a 409 (60 of them, instead of for a minute)', async () => {
    const plain = await course(stage);
    await walk(plain, async life => void (await life.engine({}, proxy => proxy.fail(({ write }) => write !== undefined && write % 2 === 0, passing[0][1], 60))), 60);
  });
});
