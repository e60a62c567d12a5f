import { Writable } from 'node:stream';
import { ApiError } from '../kube/errors';
import { createLogger } from './logger';

function aLog() {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { lines, log: createLogger({ name: 'engine', level: 'info', destination }) };
}

it('B-OBS-10: writes lines of JSON with level, time and the fields of its parents', () => {
  const { lines, log } = aLog();
  log.child({ controller: 'c' }).child({ key: 'k' }).info({ n: 1 }, 'it happened');
  log.debug({}, 'not this');
  expect(lines).toEqual([
    {
      level: 'info',
      severity: 'info',
      ts: expect.stringMatching(/^\d{4}-.*Z$/),
      logger: 'engine',
      controller: 'c',
      key: 'k',
      n: 1,
      msg: 'it happened',
    },
  ]);
});

it('hides secrets, and what servers answered', () => {
  const { lines, log } = aLog();
  log.info({ password: 'p1', store: { token: 'p2', url: 'u' }, a: { b: { authorization: 'p3' } } }, 'x');
  log.error({ err: new ApiError(422, 'Invalid', 'wrong', { causes: 'p4' }) }, 'y');
  expect(JSON.stringify(lines)).not.toMatch(/p[1234]/);
  expect(lines[1].err).toMatchObject({ type: 'ApiError', message: 'wrong' });
});
