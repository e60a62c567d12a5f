import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { issueCertificate, makeAuthority } from '../auth/certificates';
import { webhookCaller } from './call';

const now = new Date();
const authority = makeAuthority(now);
const { key, certificate } = issueCertificate(authority, { commonName: 'hook' }, ['hook.a.svc'], now);
const caller = webhookCaller();
let server: Server;
let answer: { code: number; text: string };

beforeAll(async () => {
  server = createServer({ key, cert: certificate }, (request, response) => {
    request.resume().on('end', () => {
      response.statusCode = answer.code;
      response.end(answer.text);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  caller.close();
  await new Promise(resolve => server.close(resolve));
});

const endpoint = (more: object = {}) => ({
  url: 'https://hook.a.svc:443/?timeout=5s',
  path: '/?timeout=5s',
  serverName: 'hook.a.svc',
  host: '127.0.0.1',
  port: (server.address() as AddressInfo).port,
  ca: authority.certificate,
  ...more,
});

it('reaches a Service by its address, and knows it by its name', async () => {
  answer = { code: 200, text: '{"a":1}' };
  await expect(caller.ask(endpoint(), {}, 5)).resolves.toEqual({ a: 1 });
});

it.each<[string, object, { code: number; text: string }]>([
  ['Post "https://hook.a.svc:443/?timeout=5s": tls: failed to verify certificate', { ca: makeAuthority(now).certificate }, { code: 200, text: '' }],
  ['Post "https://hook.a.svc:443/?timeout=5s": dial tcp 127.0.0.1:1: connect: connection refused', { port: 1 }, { code: 200, text: '' }],
  ['an error on the server ("broken") has prevented the request from succeeding', {}, { code: 500, text: 'broken\n' }],
  ['the server could not find the requested resource', {}, { code: 404, text: '' }],
  ['the server rejected our request for an unknown reason', {}, { code: 400, text: '' }],
  ["couldn't get version/kind; json parse error", {}, { code: 200, text: 'no' }],
])('says: %s', async (message, more, given) => {
  answer = given;
  await expect(caller.ask(endpoint(more), {}, 5)).rejects.toThrow(`failed to call webhook: ${message}`);
});
