import { RateLimit, TooManyRequestsError } from './RateLimit';

function aLimit(perMinute: number) {
  let now = 0;
  const limit = new RateLimit('changes', { perMinute }, () => now);
  const pass = (ms: number) => {
    now += ms;
  };
  const taken = (caller: string, times: number) => Array.from({ length: times }).filter(() => succeeds(() => limit.take(caller))).length;
  return { limit, pass, taken };
}

function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(TooManyRequestsError);
    return false;
  }
}

it('lets a minute’s worth through at once, and then as many as time allows', () => {
  const { pass, taken } = aLimit(6);
  expect(taken('ana', 10)).toBe(6);
  pass(20_000);
  expect(taken('ana', 10)).toBe(2);
  pass(3600_000);
  expect(taken('ana', 10)).toBe(6);
});

it('counts each caller alone', () => {
  const { taken } = aLimit(2);
  expect(taken('ana', 3)).toBe(2);
  expect(taken('ben', 3)).toBe(2);
});

it('says when to try again', () => {
  const { limit, pass, taken } = aLimit(6);
  taken('ana', 6);
  pass(4000);
  expect(() => limit.take('ana')).toThrow(expect.objectContaining({ statusCode: 429, retryAfterSeconds: 6, message: 'You may do 6 changes a minute; try again in 6 s' }));
});
