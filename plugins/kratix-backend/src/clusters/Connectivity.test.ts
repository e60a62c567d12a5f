import { mockServices } from '@backstage/backend-test-utils';
import { ApiError, ConnectionError, type Informer, type KubeObject } from '@kratix-ts/core/kube';
import { Connectivity } from './Connectivity';

/** A kind whose list and connection come and go by hand. */
function aKind() {
  let synced: () => void = () => {};
  let tell: (error: Error | undefined) => void = () => {};
  const informer = {
    type: { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true },
    hasSynced: false,
    whenSynced: () => new Promise<void>(resolve => (synced = resolve)),
    onConnection: (handler: typeof tell) => {
      tell = handler;
      return () => {};
    },
  };
  return { informer: informer as unknown as Informer<KubeObject>, sync: async () => synced(), tell: (error?: Error) => tell(error) };
}

function aConnectivity() {
  const changed = jest.fn();
  const [first, second] = [aKind(), aKind()];
  const logger = mockServices.logger.mock();
  const connectivity = new Connectivity('demo', logger, changed);
  connectivity.follow(first.informer);
  connectivity.follow(second.informer);
  return { connectivity, changed, first, second, logger };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('is settled when every list is in', async () => {
  const { connectivity, changed, first, second } = aConnectivity();
  await first.sync();
  expect(connectivity.isSettled).toBe(false);
  await second.sync();
  expect(connectivity.isSettled).toBe(true);
  expect(changed).toHaveBeenCalledTimes(2);
});

it('takes a kind that the server refuses for empty', async () => {
  const { connectivity, first, second } = aConnectivity();
  await first.sync();
  second.tell(new ApiError(403, 'Forbidden', 'pods is forbidden'));
  expect(connectivity.isSettled).toBe(true);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(connectivity.lostSince).toBeUndefined();
});

it.each<[string, Error, string]>([
  ['a refused connection', new ConnectionError('GET https://10.0.4.7:6443/api: connect ECONNREFUSED'), 'Nothing answers at the address'],
  ['a token that has expired', new ApiError(401, 'Unauthorized', 'Unauthorized'), 'It does not accept who the portal says it is'],
  ['an overload', new ApiError(503, 'ServiceUnavailable', 'down'), 'down'],
])(
  'says since when the cluster is lost by %s, and that it is back',
  async (_, error, words) => {
    const { connectivity, changed, first, logger } = aConnectivity();
    const lostAt = new Date().toISOString();
    first.tell(error);
    expect(connectivity.lostSince).toBeUndefined();
    await jest.advanceTimersByTimeAsync(3000);
    expect(connectivity.lostSince).toBe(lostAt);
    expect(connectivity.trouble).toContain(words);
    expect(connectivity.trouble).not.toContain('10.0.4.7');
    expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining(error.message));
    changed.mockClear();
    first.tell();
    expect(connectivity.lostSince).toBeUndefined();
    expect(changed).toHaveBeenCalledTimes(1);
  },
);

it('says the most telling of what its kinds ran into, and nothing of one that is back', async () => {
  const { connectivity, first, second } = aConnectivity();
  first.tell(new ConnectionError('connect ECONNREFUSED'));
  second.tell(new ConnectionError('read ECONNRESET'));
  await jest.advanceTimersByTimeAsync(3000);
  expect(connectivity.trouble).toContain('(ECONNREFUSED)');
  first.tell();
  expect(connectivity.trouble).toContain('(ECONNRESET)');
  second.tell();
  expect(connectivity.trouble).toBeUndefined();
});

it('makes no word of a connection that is back at once', async () => {
  const { connectivity, changed, first } = aConnectivity();
  first.tell(new ConnectionError('reset'));
  await jest.advanceTimersByTimeAsync(500);
  first.tell();
  await jest.advanceTimersByTimeAsync(5000);
  expect(connectivity.lostSince).toBeUndefined();
  expect(changed).not.toHaveBeenCalled();
});

it('does not count a kind that is no longer followed', async () => {
  const { connectivity, first, second } = aConnectivity();
  first.tell(new ConnectionError('reset'));
  await jest.advanceTimersByTimeAsync(3000);
  connectivity.forget(first.informer);
  expect(connectivity.lostSince).toBeUndefined();
  await second.sync();
  expect(connectivity.isSettled).toBe(true);
});
