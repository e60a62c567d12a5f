import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { ChangeSignal } from '@kratix-ts/backstage-plugin-kratix-common';
import { FakeKratix } from '../fixtures/fakeKratix';
import { FakeSignals } from '../fixtures/fakeSignals';
import { aRequest, identity } from '../fixtures/requests';
import { LiveRequest } from './LiveRequest';

const mine: ChangeSignal = { cluster: 'local', refs: ['environments.demo.example.org/team-a/shop-staging'] };

describe('LiveRequest', () => {
  let api: FakeKratix;
  let signals: FakeSignals;
  let end: () => void;

  beforeEach(() => {
    jest.useFakeTimers();
    api = new FakeKratix(aRequest('running'));
    signals = new FakeSignals();
  });
  afterEach(() => {
    end();
    jest.useRealTimers();
  });

  const settle = () => jest.advanceTimersByTimeAsync(0);

  async function watch(withSignals = true): Promise<LiveRequest> {
    const live = new LiveRequest(identity, api, withSignals ? signals : undefined);
    end = live.subscribe(() => {});
    await settle();
    return live;
  }

  it('fetches when somebody looks, and again when a signal names the request', async () => {
    const live = await watch();
    expect(live.getSnapshot().state?.summary.phase).toBe('Running');
    api.state = aRequest('ready');
    signals.send(mine);
    await settle();
    expect(live.getSnapshot().state?.summary.phase).toBe('Ready');
    expect(api.calls).toBe(2);
  });

  it.each<[string, ChangeSignal, number]>([
    ['another request', { cluster: 'local', refs: ['environments.demo.example.org/team-a/other'] }, 1],
    ['the same name in another cluster', { ...mine, cluster: 'prod' }, 1],
    ['several, among them this one', { cluster: 'local', refs: ['x.y/a/b', ...mine.refs] }, 2],
    ['its offer', { cluster: 'local', refs: ['promises.platform.kratix.io//application-environment'] }, 2],
  ])('heeds signals about %s', async (_, signal, calls) => {
    await watch();
    signals.send(signal);
    await settle();
    expect(api.calls).toBe(calls);
  });

  it('asks once more, not once per signal, when signals arrive during a call', async () => {
    await watch();
    signals.send(mine);
    signals.send(mine);
    signals.send(mine);
    await settle();
    expect(api.calls).toBe(3);
  });

  it('asks every five seconds where there are no signals, and hardly ever where there are', async () => {
    await watch(false);
    await jest.advanceTimersByTimeAsync(15_000);
    expect(api.calls).toBe(4);
    end();
    api.calls = 0;
    await watch();
    await jest.advanceTimersByTimeAsync(15_000);
    expect(api.calls).toBe(1);
  });

  it('keeps the last state when a call fails, and recovers by itself', async () => {
    const live = await watch();
    api.error = new Error('Failed to fetch');
    live.refresh();
    await settle();
    expect(live.getSnapshot()).toMatchObject({ problem: { kind: 'failed', words: 'Failed to fetch' }, state: { name: 'shop-staging' } });
    api.error = undefined;
    await jest.advanceTimersByTimeAsync(5_000);
    expect(live.getSnapshot().problem).toBeUndefined();
  });

  it.each([
    ['gone', new NotFoundError('not found')],
    ['denied', new NotAllowedError('no')],
  ])('does not go on showing a request that is %s', async (kind, error) => {
    const live = await watch();
    api.error = error;
    live.refresh();
    await settle();
    expect(live.getSnapshot()).toEqual({ problem: { kind, words: error.message }, isFirstLoad: false });
  });

  it('rests when nobody looks', async () => {
    await watch(false);
    end();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(api.calls).toBe(1);
    expect(signals.listeners).toBe(0);
  });

  describe('an action', () => {
    it('shows at once what is expected, until its effect is seen', async () => {
      api.state = aRequest('failed');
      const live = await watch();
      const answer = live.perform({ do: 'retry', step: 'schedule-database' });
      expect(live.getSnapshot()).toMatchObject({ pending: { do: 'retry' }, state: { summary: { phase: 'Running', step: 'schedule-database' } } });
      await expect(answer).resolves.toBeUndefined();
      await settle();
      expect(live.getSnapshot().state?.summary.phase).toBe('Running');
      api.state = aRequest('running');
      signals.send(mine);
      await settle();
      expect(live.getSnapshot().pending).toBeUndefined();
      expect(live.getSnapshot().state).toEqual(api.state);
      expect(api.done).toEqual(['retry schedule-database']);
    });

    it('is taken back with the words of the server when it is refused, until they are dismissed', async () => {
      const live = await watch();
      api.refusal = new NotAllowedError('pause is for the platform team');
      await live.perform({ do: 'pause' });
      const { state, pending, refusal } = live.getSnapshot();
      expect(state?.summary.phase).toBe('Running');
      expect(pending).toBeUndefined();
      expect(refusal).toEqual({ kind: 'denied', words: 'pause is for the platform team', action: { do: 'pause' } });
      live.dismiss();
      expect(live.getSnapshot().refusal).toBeUndefined();
    });

    it('is no longer pretended when its effect is not seen', async () => {
      const live = await watch();
      await live.perform({ do: 'rerun' });
      await jest.advanceTimersByTimeAsync(9_000);
      expect(live.getSnapshot().state?.summary.phase).toBe('Queued');
      await jest.advanceTimersByTimeAsync(4_000);
      expect(live.getSnapshot().state?.summary.phase).toBe('Running');
      expect(live.getSnapshot().pending).toBeUndefined();
    });
  });
});
