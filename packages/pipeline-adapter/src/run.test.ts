import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeCertificates } from '@kratix-ts/core/testing';
import { digestOf } from '@kratix-ts/core/wire';
import { Message, run } from './run';

const folder = mkdtempSync(join(tmpdir(), 'kratix-adapter-'));
const certificates = makeCertificates(folder);
const withServer = certificates ? describe : describe.skip;

interface Call {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: { spec: Record<string, unknown>; metadata: Record<string, unknown> };
}

/** What the stand-in for an API server answers: a code and a body, given the object that was sent. */
type Answer = (sent: Call['body']) => { code: number; body: unknown; headers?: Record<string, string> };

const storing: Answer = sent => ({ code: 200, body: sent });
let calls: Call[];
let answers: Answer[];
let server: Server;
let place: string;
let number = 0;

const template = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Work', metadata: { name: 'redis-mine-1', namespace: 'team a' }, spec: { promiseName: 'redis', resourceName: 'mine' } };
const retries = { count: 3, firstDelayMs: 1, timeoutMs: 5_000 };

beforeAll(async () => {
  if (!certificates) return;
  server = createServer(certificates, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString());
      calls.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      const answer = (answers.shift() ?? storing)(body);
      response.writeHead(answer.code, answer.headers).end(JSON.stringify(answer.body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  calls = [];
  answers = [];
  number += 1;
  place = join(folder, String(number));
  ['output', 'metadata', 'credentials'].forEach(name => mkdirSync(join(place, name), { recursive: true }));
  writeFileSync(join(place, 'credentials/token'), 'the-token\n');
  writeFileSync(join(place, 'credentials/ca.crt'), certificates?.ca ?? '');
});

function write(files: Record<string, string>): void {
  Object.entries(files).forEach(([path, text]) => {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  });
}

const environment = (more: Record<string, string> = {}): Record<string, string> => ({
  KRATIX_OUTPUT_DIR: join(place, 'output'),
  KRATIX_METADATA_DIR: join(place, 'metadata'),
  KRATIX_CREDENTIALS_DIR: join(place, 'credentials'),
  KRATIX_TERMINATION_LOG: join(place, 'message'),
  KRATIX_WORK: JSON.stringify(template),
  KRATIX_PROMISE_SELECTORS: '[{"matchLabels":{"env":"dev"},"source":"promise"}]',
  KRATIX_WORKFLOW_TYPE: 'resource',
  KRATIX_WORKFLOW_ACTION: 'configure',
  KUBERNETES_SERVICE_HOST: '127.0.0.1',
  KUBERNETES_SERVICE_PORT: String((server?.address() as AddressInfo | undefined)?.port ?? 1),
  ...more,
});

const message = (): Message => JSON.parse(readFileSync(join(place, 'message'), 'utf8'));

async function runIt(more: Record<string, string> = {}): Promise<{ code: number; lines: string[]; message: Message }> {
  const lines: string[] = [];
  const code = await run(environment(more), line => lines.push(line), new Date('2026-01-02T03:04:05Z'), retries);
  return { code, lines, message: message() };
}

withServer('with an API server (needs the openssl program)', () => {
  it('makes one call, and names the Work and its digest', async () => {
    write({ 'output/a.yaml': 'a: 1\n', 'metadata/status.yaml': 'url: https://x\n' });
    const { code, lines, message: said } = await runIt();
    expect(code).toBe(0);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      method: 'PATCH',
      url: '/apis/platform.kratix.io/v1alpha1/namespaces/team%20a/works/redis-mine-1?fieldManager=kratix-ts-pipeline&force=true',
      headers: { authorization: 'Bearer the-token', 'content-type': 'application/apply-patch+yaml' },
      body: { ...template, spec: { ...template.spec, result: { status: { url: 'https://x' } }, workloadGroups: [{ directory: '.', destinationSelectors: [{ source: 'promise' }] }] } },
    });
    expect(said).toEqual({ v: 1, work: { name: 'redis-mine-1', digest: digestOf(calls[0]?.body.spec) } });
    expect(lines.join('\n')).toBe('1 file, 5 bytes -> Work team a/redis-mine-1\n  a.yaml (5 bytes)');
  });

  it('Q-53: writes the pieces of a large output first, then the Work that names them; the message names that one alone', async () => {
    write({ 'output/a.yaml': 'a: 1\n' });
    writeFileSync(join(place, 'output/big.bin'), randomBytes(2_000_000));
    const { code, message: said } = await runIt();
    expect(code).toBe(0);
    const whole = calls.at(-1)?.body;
    expect(calls.map(({ body }) => body.metadata.name)).toEqual([...(whole?.spec.parts as { name: string }[]).map(({ name }) => name), 'redis-mine-1']);
    expect(said).toEqual({ v: 1, work: { name: 'redis-mine-1', digest: digestOf(whole?.spec) } });
  });

  it('a result without files is a Work without workloads', async () => {
    write({ 'metadata/status.yaml': 'a: 1' });
    expect((await runIt()).message.work).not.toBeNull();
    expect(calls[0]?.body.spec).toMatchObject({ workloadGroups: [], result: { status: { a: 1 } } });
  });

  it.each([[429, { 'retry-after': '0' }], [500, {}], [503, {}]])('tries again after %d', async (code, headers) => {
    write({ 'output/a': 'x' });
    answers = [() => ({ code, body: { message: 'not now' }, headers }), () => ({ code, body: {}, headers })];
    expect((await runIt()).code).toBe(0);
    expect(calls).toHaveLength(3);
  });

  it('gives up in the server\'s words', async () => {
    write({ 'output/a': 'x' });
    answers = Array(9).fill(() => ({ code: 503, body: { message: 'etcd is away' } }));
    expect(await runIt()).toMatchObject({ code: 1, message: { error: 'Work team a/redis-mine-1 could not be written: etcd is away (503)', retry: true } });
    expect(calls).toHaveLength(4);
  });

  it('does not try again what is refused', async () => {
    write({ 'output/a': 'x' });
    answers = [() => ({ code: 403, body: { message: 'works is forbidden' } })];
    expect(await runIt()).toMatchObject({ code: 1, message: { error: expect.stringContaining('works is forbidden (403)'), retry: true } });
    expect(calls).toHaveLength(1);
  });

  it('D71: fails when the server stored something else, as one does whose definitions are older', async () => {
    write({ 'output/a': 'x', 'metadata/status.yaml': 'a: 1' });
    answers = [sent => ({ code: 200, body: { ...sent, spec: { ...sent.spec, result: undefined } } })];
    expect(await runIt()).toMatchObject({ code: 1, message: { error: expect.stringContaining('did not store Work redis-mine-1 as it was sent') } });
  });

  it('trusts only the cluster\'s CA', async () => {
    write({ 'output/a': 'x' });
    const stranger = join(place, 'stranger');
    mkdirSync(stranger);
    writeFileSync(join(place, 'credentials/ca.crt'), makeCertificates(stranger)?.ca ?? '');
    expect(await runIt()).toMatchObject({ code: 1, message: { error: expect.stringMatching(/certificate|signature/i) } });
    expect(calls).toHaveLength(0);
  });

  it('the bundle is one small file and does the same, quickly', async () => {
    const bundle = join(place, 'pipeline-adapter.mjs');
    execFileSync(process.execPath, [join(__dirname, '..', 'build.mjs'), bundle]);
    expect(statSync(bundle).size).toBeLessThan(150_000);
    write({ 'output/a.yaml': 'a: 1\n' });
    const child = spawn(process.execPath, [bundle], { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(message()).toMatchObject({ v: 1, work: { name: 'redis-mine-1' } });
    expect(calls).toHaveLength(1);
  });
});

describe('without a Work', () => {
  it.each<[string, Record<string, string>, Record<string, string>, Message]>([
    ['nothing was written', {}, {}, { v: 1, work: null }],
    ['a delete pipeline', { 'output/a.yaml': 'a: [' }, { KRATIX_WORKFLOW_ACTION: 'delete' }, { v: 1, work: null }],
    ['B-POD-12: a suspension', { 'output/a.yaml': 'a: 1', 'metadata/workflow-control.yaml': 'suspend: true\nmessage: wait', 'metadata/status.yaml': 'step: 1' }, {}, { v: 1, work: null, control: { suspend: true, message: 'wait' }, status: { step: 1 } }],
    ['a later try', { 'metadata/workflow-control.yaml': 'retryAfter: 30s' }, {}, { v: 1, work: null, control: { retryAfter: '30s' } }],
  ])('%s', async (_, files, env, expected) => {
    write(files);
    expect(await runIt(env)).toMatchObject({ code: 0, message: expected });
    expect(message()).toEqual(expected);
  });

  it.each<[string, Record<string, string>, Record<string, string>, RegExp]>([
    ['the file that is not YAML', { 'output/dir/a.yaml': 'a: [' }, {}, /^output file "dir\/a.yaml" is not YAML/],
    ['the reserved key', { 'metadata/status.yaml': 'kratix: {}' }, {}, /"kratix" belongs to the engine/],
    ['the bad selectors', { 'output/a': 'x', 'metadata/destination-selectors.yaml': '- {}' }, {}, /entry with index 0 has no selectors/],
    ['a status too large for a suspension', { 'metadata/status.yaml': `a: ${'x'.repeat(5000)}`, 'metadata/workflow-control.yaml': 'suspend: true' }, {}, /status.yaml is too large to be kept when no Work is written/],
    ['the missing token', { 'output/a': 'x' }, { KRATIX_CREDENTIALS_DIR: '/nowhere' }, /gave this pod no ca.crt/],
    ['what the engine forgot', { 'output/a': 'x' }, { KRATIX_WORK: '{}' }, /KRATIX_WORK without apiVersion/],
    ['what the engine garbled', { 'output/a': 'x' }, { KRATIX_PROMISE_SELECTORS: '[' }, /no usable/],
  ])('says %s', async (_, files, env, words) => {
    write(files);
    const { code, lines, message: said } = await runIt(env);
    expect(code).toBe(1);
    expect(said.error).toMatch(words);
    expect(said).not.toHaveProperty('retry');
    expect(lines.join('\n')).toMatch(/^Error: /m);
  });

  it('keeps every message within what the kubelet keeps', async () => {
    write({ [`output/${'d/'.repeat(800)}${'n'.repeat(200)}.yaml`]: 'a: [' });
    const { message: said } = await runIt();
    expect(said.error).toBeDefined();
    expect(statSync(join(place, 'message')).size).toBeLessThanOrEqual(4096);
  });

  it('KRATIX_OUTPUT_VALIDATION=none switches the check off', async () => {
    write({ 'output/a.yaml': 'a: [' });
    expect((await runIt({ KRATIX_OUTPUT_VALIDATION: 'none', KUBERNETES_SERVICE_HOST: '' })).message.error).toContain('KUBERNETES_SERVICE_HOST');
  });
});
