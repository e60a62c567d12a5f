import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import request from 'supertest';
import { startTestPortal, type TestPortal } from './__testUtils__/testPortal';
import { loadDocument } from './schema/document';

jest.setTimeout(60_000);

const operations = loadDocument().operations().filter(({ permission }) => permission !== undefined);
let portal: TestPortal;

beforeAll(async () => {
  // nobody is signed in who does not say so
  portal = await startTestPortal({}, [mockServices.httpAuth.factory({ defaultCredentials: mockCredentials.none() })]);
  await portal.made('guarded');
});
afterAll(() => portal?.stop());

const methodOf = { get: 'get', put: 'put', post: 'post', delete: 'delete' } as const;
const isMethod = (method: string): method is keyof typeof methodOf => method in methodOf;

/** A call of an operation about the request `guarded`, by nobody. */
function call({ method, path, parameters }: (typeof operations)[number]): request.Test {
  const { group, plural } = portal.offer.type;
  const values: Record<string, string> = { cluster: 'demo', group, version: 'v1', plural, namespace: 'default', name: path.includes('promises') ? portal.offer.promise : 'guarded', dryRun: 'x' };
  const query = parameters.filter(parameter => parameter.in === 'query' && parameter.required).map(({ name }) => `${name}=x`).join('&');
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => values[name]);
  if (!isMethod(method)) throw new Error(`${method} is not known`);
  return request(portal.baseUrl)[method](`/api/kratix${filled}?${query}`);
}

describe.each(operations)('item 84: $method $path', operation => {
  it.each<[string, (sent: request.Test) => request.Test]>([
    ['without a token', sent => sent],
    ['with a token that is not valid', sent => sent.set('authorization', mockCredentials.user.invalidHeader())],
    ['with a cookie alone, as another site could send it', sent => sent.set('cookie', 'backstage-auth=x').set('origin', 'https://evil.example.org').type('form')],
  ])('denies a call %s', async (_, as) => {
    const { status, text } = await as(call(operation));
    expect(status).toBe(401);
    expect(text).not.toMatch(/small/);
  });
});

it('item 84: no call that was denied has changed anything', async () => {
  expect(await portal.stored('guarded')).toMatchObject({ metadata: { generation: 1 }, spec: { size: 'small' } });
  expect(portal.audits).toEqual([]);
});

it.each(['application/x-www-form-urlencoded', 'text/plain'])('item 84: reads no body of type %s, which a form of another site can send', async type => {
  const body = JSON.stringify({ name: 'forged', spec: { size: 'small' } });
  const answer = await request(portal.baseUrl).post(portal.url()).set('authorization', mockCredentials.user.header()).type(type).send(body);
  expect(answer.status).toBe(400);
  await expect(portal.stored('forged')).rejects.toThrow('not found');
});
