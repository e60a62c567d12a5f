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

it('changes level and form for children that are there already, and goes back', () => {
  const { lines, log } = aLog();
  const child = log.child({ controller: 'c' });
  log.tune?.({ level: 'debug', structured: true });
  expect([child.isLevelEnabled?.('debug'), child.isLevelEnabled?.('trace')]).toEqual([true, false]);
  child.debug({}, 'now this');
  log.tune?.({ level: 'error', structured: true });
  child.info({}, 'not this');
  log.tune?.({ structured: true });
  child.info({}, 'this again');
  expect(lines.map(({ msg }) => msg)).toEqual(['now this', 'this again']);
});

it('writes lines for people when it is told to', () => {
  const texts: string[] = [];
  const log = createLogger({ name: 'engine', destination: { write: text => void texts.push(text) } });
  log.tune?.({ structured: false });
  log.child({ controller: 'work' }).warn({ key: 'default/a', count: 2, password: 'secret' }, 'it waits');
  expect(texts).toEqual([expect.stringMatching(/^\d{4}-\S+Z WARN {2}engine\/work it waits key=default\/a count=2 password=\(hidden\)\n$/)]);
});
