import { NotFoundError } from '@backstage/errors';
import { eventually } from '@kratix-ts/core/testing';
import express, { type ErrorRequestHandler } from 'express';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendStream } from './sendStream';

let server: http.Server;
let source: (signal: AbortSignal) => AsyncIterable<string>;

beforeAll(async () => {
  const app = express();
  app.get('/', (_, response, next) => {
    sendStream(response, signal => source(signal)).catch(next);
  });
  const refuse: ErrorRequestHandler = (error, _request, response, _next) => response.status(404).send(error.message);
  app.use(refuse);
  server = await new Promise(resolve => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function open(): Promise<http.IncomingMessage> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => http.get({ host: '127.0.0.1', port }, resolve).on('error', reject));
}

async function bodyOf(response: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

it('sends chunks as text that nobody may hold back', async () => {
  source = async function* three() {
    yield* ['one\n', 'two\n', 'three\n'];
  };
  const response = await open();
  expect(response.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store, no-transform', 'x-content-type-options': 'nosniff' });
  expect(await bodyOf(response)).toBe('one\ntwo\nthree\n');
});

it('answers before the first line, and stops the source when the client goes', async () => {
  let stopped = false;
  source = async function* silent(signal) {
    yield* [];
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
    stopped = true;
  };
  const response = await open();
  expect(response.statusCode).toBe(200);
  response.destroy();
  expect(await eventually('the source to stop', () => stopped)).toBe(true);
});

it('refuses with a status while nothing is sent, and says in the text why it ends later', async () => {
  source = async function* missing() {
    yield* [];
    throw new NotFoundError('no such log');
  };
  const refused = await open();
  expect(refused.statusCode).toBe(404);
  expect(await bodyOf(refused)).toBe('no such log');
  source = async function* broken() {
    yield 'one\n';
    throw new Error('connection lost');
  };
  expect(await bodyOf(await open())).toBe('one\n\n[The log ends here: connection lost]\n');
});

it('reads no faster than the client does', async () => {
  let produced = 0;
  source = async function* endless(signal) {
    for (; !signal.aborted; produced += 1) yield 'x'.repeat(64 * 1024);
  };
  const response = await open();
  response.pause();
  const settled = await eventually('the source to wait', async () => {
    const before = produced;
    await new Promise(resolve => setImmediate(resolve));
    return produced > 0 && produced === before && response.readableLength > 0 ? before : undefined;
  });
  expect(settled * 64 * 1024).toBeLessThan(64 * 1024 * 1024);
  response.destroy();
});
