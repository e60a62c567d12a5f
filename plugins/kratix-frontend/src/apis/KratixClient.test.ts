import { mockApis } from '@backstage/frontend-test-utils';
import { identity } from '../fixtures/requests';
import { KratixClient } from './KratixClient';
import { conflictOf, problemOf } from './problem';

function clientOf(answer: () => Response) {
  const asked: string[] = [];
  const bodies: unknown[] = [];
  const fetchApi = mockApis.fetch({
    baseImplementation: async (input, init) => {
      asked.push(input instanceof Request ? input.url : String(input));
      bodies.push(init?.body);
      return answer();
    },
  });
  return { client: new KratixClient(fetchApi), asked, bodies };
}
const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const never = new AbortController().signal;

describe('KratixClient', () => {
  it('asks for a request by its identity, escaped', async () => {
    const { client, asked } = clientOf(() => json({ name: 'x' }));
    await client.request({ ...identity, name: 'a/b' });
    expect(asked[0]).toMatch(/\/kratix\/v1\/requests\/local\/demo\.example\.org\/v1\/environments\/team-a\/a%2Fb$|^plugin:/);
  });

  it('takes the items of a list', async () => {
    const { client, asked } = clientOf(() => json({ items: [{ name: 'x' }] }));
    await expect(client.promises('local')).resolves.toEqual([{ name: 'x' }]);
    expect(asked[0]).toMatch(/\/v1\/promises\?cluster=local$/);
  });

  it('asks for a page of requests, lists with commas, what is not set left out', async () => {
    const { client, asked } = clientOf(() => json({ items: [], total: 0, offset: 0 }));
    await client.requests({ phase: ['Failed', 'Waiting'], promise: [], text: '', sort: 'name', limit: 50, offset: 0 });
    expect(asked[0]).toMatch(/\/v1\/requests\?phase=Failed%2CWaiting&sort=name&limit=50$/);
  });

  it.each<[string, (client: KratixClient) => Promise<unknown>, string]>([
    ['rerun', client => client.rerun(identity, { from: 'validate' }), '{"from":"validate"}'],
    ['retry', client => client.retry(identity, { step: 'validate' }), '{"step":"validate"}'],
    ['resume', client => client.resume(identity), '{}'],
    ['pause', client => client.pause(identity), '{}'],
    ['unpause', client => client.unpause(identity), '{}'],
    ['pin', client => client.pin(identity, 'v1.3.0'), '{"version":"v1.3.0"}'],
    ['upgrade', client => client.upgrade(identity), '{}'],
    ['dry-run', client => client.dryRun(identity, { size: 'small' }), '{"spec":{"size":"small"}}'],
  ])('does %s', async (action, act, body) => {
    const { client, asked, bodies } = clientOf(() => json({ accepted: true }, 202));
    await act(client);
    expect(asked[0]).toMatch(new RegExp(`/team-a/shop-staging/actions/${action}$`));
    expect(bodies).toEqual([body]);
  });

  it('tells what somebody else changed', async () => {
    const conflict = { base: {}, mine: {}, theirs: {}, generation: 5, fields: [{ path: 'spec.size' }] };
    const { client } = clientOf(() => json({ error: { name: 'ConflictError', message: 'changed', conflict }, response: { statusCode: 409 } }, 409));
    const error = await client.update(identity, { spec: {}, generation: 4 }).catch(caught => caught);
    expect(conflictOf(error)).toEqual(conflict);
    expect(conflictOf(new Error('other'))).toBeUndefined();
  });

  it('gives a log in pieces, without breaking characters that are cut in two', async () => {
    const bytes = new TextEncoder().encode('grün\n');
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.slice(0, 3));
        controller.enqueue(bytes.slice(3));
        controller.close();
      },
    });
    const { client, asked } = clientOf(() => new Response(body));
    const pieces: string[] = [];
    for await (const piece of client.log(identity, { step: 'a', container: 'b', follow: true }, never)) pieces.push(piece);
    expect(pieces.join('')).toBe('grün\n');
    expect(asked[0]).toContain('/logs?step=a&container=b&follow=true');
  });

  it.each([
    [404, 'NotFoundError', 'gone'],
    [403, 'NotAllowedError', 'denied'],
    [401, 'AuthenticationError', 'signedOut'],
    [503, 'ServiceUnavailableError', 'failed'],
  ])('says why with the server’s words: %d', async (status, name, kind) => {
    const { client } = clientOf(() => json({ error: { name, message: 'the words of the server' }, response: { statusCode: status } }, status));
    const error = await client.request(identity).catch(caught => caught);
    expect(problemOf(error)).toEqual({ kind, words: 'the words of the server' });
  });
});
