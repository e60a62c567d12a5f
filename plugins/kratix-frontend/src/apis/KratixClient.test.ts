import { mockApis } from '@backstage/frontend-test-utils';
import { identity } from '../fixtures/requests';
import { KratixClient } from './KratixClient';
import { problemOf } from './problem';

function clientOf(answer: () => Response) {
  const asked: string[] = [];
  const fetchApi = mockApis.fetch({
    baseImplementation: async input => {
      asked.push(input instanceof Request ? input.url : String(input));
      return answer();
    },
  });
  return { client: new KratixClient(fetchApi), asked };
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

  it.each([[[{ name: 'x' }]], [{ items: [{ name: 'x' }] }]])('takes a list in either shape: %j', async body => {
    const { client } = clientOf(() => json(body));
    await expect(client.promises()).resolves.toEqual([{ name: 'x' }]);
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
