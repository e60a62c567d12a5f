import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LogWriter, parseLine, readLines, selectLines, streamLog } from './logs';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'logs-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const collect = async (source: AsyncIterable<Buffer>) => {
  let text = '';
  for await (const chunk of source) {
    text += chunk.toString('utf8');
  }
  return text;
};
const never = new AbortController().signal;

describe('logs', () => {
  it('keep lines whole, whatever pieces they come in', () => {
    const log = new LogWriter(path.join(dir, 'c/0.log'));
    for (const [stream, text] of [['stdout', 'on'], ['stderr', 'err\n'], ['stdout', 'e\ntwo\nrest']] as const) {
      log.write(stream, Buffer.from(text));
    }
    log.close();
    const lines = readLines(log.path);
    expect(lines.map(line => line.replace(/^\S+ /, ''))).toEqual(['stderr F err', 'stdout F one', 'stdout F two', 'stdout P rest']);
    expect(lines.every(line => Number.isFinite(Date.parse(line.split(' ')[0])))).toBe(true);
    expect(selectLines(lines, { timestamps: false })).toBe('err\none\ntwo\nrest');
  });

  it('are cut to what was asked for', () => {
    const lines = ['2026-01-01T00:00:00.000000000Z stdout F a', '2026-01-01T00:00:05.000000000Z stdout F b', 'damaged', '2026-01-01T00:00:09.000000000Z stderr F c d'];
    expect(parseLine(lines[3])).toEqual({ time: '2026-01-01T00:00:09.000000000Z', isPart: false, text: 'c d' });
    expect(selectLines(lines, { timestamps: false, tailLines: 2 })).toBe('b\nc d\n');
    expect(selectLines(lines, { timestamps: false, tailLines: 0 })).toBe('');
    expect(selectLines(lines, { timestamps: true, since: '2026-01-01T00:00:06Z' })).toBe('2026-01-01T00:00:09.000000000Z c d\n');
  });

  it('are bounded on disk', () => {
    const log = new LogWriter(path.join(dir, '0.log'));
    const line = Buffer.from(`${'x'.repeat(1023)}\n`);
    for (let i = 0; i < 12_000; i += 1) {
      log.write('stdout', line);
    }
    log.close();
    const size = statSync(log.path).size + statSync(`${log.path}.1`).size;
    expect(size).toBeLessThanOrEqual(10 * 1024 * 1024);
    expect(size).toBeGreaterThan(5 * 1024 * 1024);
  });

  it('a line without end is kept in parts', () => {
    const log = new LogWriter(path.join(dir, '0.log'));
    log.write('stdout', Buffer.alloc(20_000, 'a'));
    log.write('stdout', Buffer.from('b\n'));
    log.close();
    expect(selectLines(readLines(log.path), { timestamps: false })).toBe(`${'a'.repeat(20_000)}b\n`);
  });

  it('can be followed until the container ends', async () => {
    const log = new LogWriter(path.join(dir, '0.log'));
    log.write('stdout', Buffer.from('before\n'));
    const text = collect(streamLog(log.path, log, { timestamps: false }, never));
    setImmediate(() => {
      log.write('stdout', Buffer.from('after\n'));
      log.close();
    });
    expect(await text).toBe('before\nafter\n');
  });

  it('stop when nobody listens any more, or enough was read', async () => {
    const log = new LogWriter(path.join(dir, '0.log'));
    log.write('stdout', Buffer.from('12345\n'));
    const abort = new AbortController();
    const followed = collect(streamLog(log.path, log, { timestamps: false }, abort.signal));
    setImmediate(() => abort.abort());
    expect(await followed).toBe('12345\n');
    expect(await collect(streamLog(log.path, log, { timestamps: false, limitBytes: 3 }, never))).toBe('123');
    log.close();
  });
});
