import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ConnectProxy } from '../testing/connect-proxy';
import { listen, shut } from '../testing/http';
import { fetchText, isGuarded } from './fetch-text';

const servers: ReturnType<typeof createServer>[] = [];
const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
  const server = createServer(answer);
  servers.push(server);
  return listen(server);
};
afterAll(() => Promise.all(servers.map(shut)));
const fetched = (url: string, more = {}) => fetchText(url, { maxBytes: 1_000, timeoutMs: 2_000, ...more }).then(text => `got ${text}`, error => error.message as string);

describe('fetchText', () => {
  it('C59: sends the header to the first host alone', async () => {
    const seen: (string | undefined)[] = [];
    const note = (request: IncomingMessage) => seen.push(request.headers.authorization);
    const other = await serve((request, response) => {
      note(request);
      response.end('there');
    });
    const first = await serve((request, response) => {
      note(request);
      response.writeHead(302, { location: request.url === '/own' ? '/next' : other });
      response.end();
    });
    expect(await fetched(`${first}/own`, { authorization: 'Bearer s3cret' })).toBe('got there');
    expect(seen).toEqual(['Bearer s3cret', 'Bearer s3cret', undefined]);
  });
  it.each([
    ['http://169.254.169.254/latest', '169.254.169.254 is an address at which machines tell about themselves; it is not asked'],
    ['http://[::ffff:169.254.169.254]/', '[::ffff:a9fe:a9fe] is an address at which machines tell about themselves; it is not asked'],
    ['http://[fe80::1]/', '[fe80::1] is an address at which machines tell about themselves; it is not asked'],
    ['file:///etc/passwd', 'a URL of file: is not fetched; use https:'],
    ['not a URL', 'its URL is none; write it as https://host/path'],
  ])('C59: refuses %s, also as the end of a redirect', async (url, words) => {
    expect(await fetched(url)).toBe(words);
    if (!URL.canParse(url)) return;
    const redirecting = await serve((_request, response) => response.writeHead(307, { location: url }).end());
    expect(await fetched(redirecting)).toBe(words);
  });
  it('C59: reads no more than it may', async () => {
    const endless = await serve((_request, response) => {
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', write);
      write();
    });
    expect(await fetched(endless)).toBe('the answer is larger than 1000 bytes');
  });
  it('C59: does not wait for a slow drip', async () => {
    const slow = await serve((_request, response) => void response.write('x'));
    expect(await fetched(slow, { timeoutMs: 200 })).toBe('there was no complete answer within 0.2 s');
  });
  it('C59: follows no circle', async () => {
    const circle = await serve((_request, response) => response.writeHead(302, { location: '/' }).end());
    expect(await fetched(circle)).toBe('it redirects more than 5 times');
  });
  it('B-REL-2: another status than 200 is said', async () => {
    const gone = await serve((_request, response) => response.writeHead(404).end());
    expect(await fetched(gone)).toBe('status code 404');
  });
});

it.each([['169.254.1.1', true], ['fd00:ec2::254', true], ['100.100.100.200', true], ['10.0.0.1', false], ['example.org', false]])('C59: %s is guarded: %s', (address, expected) => {
  expect(isGuarded(address)).toBe(expected);
});

describe('fetchText where the environment names a proxy', () => {
  let proxy: ConnectProxy;
  beforeEach(async () => {
    proxy = await ConnectProxy.start();
  });
  afterEach(() => proxy.stop());

  it('goes through it, but to what NO_PROXY names', async () => {
    const there = await serve((_request, response) => response.end('it'));
    proxy.announce();
    expect(await fetched(`${there}/promise.yaml`)).toBe('got it');
    expect(proxy.asked).toHaveLength(1);
    proxy.announce('127.0.0.1');
    expect(await fetched(`${there}/promise.yaml`)).toBe('got it');
    expect(proxy.asked).toHaveLength(1);
  });

  it('C59: still asks no address at which machines tell about themselves', async () => {
    proxy.announce();
    expect(await fetched('http://169.254.169.254/latest')).toContain('169.254.169.254 is an address at which');
    expect(proxy.asked).toEqual([]);
  });

  it('a proxy that does not answer is a failure like any other', async () => {
    const there = await serve((_request, response) => response.end('it'));
    proxy.announce();
    const { url } = proxy;
    await proxy.stop();
    process.env.http_proxy = url;
    expect(await fetched(there)).toContain('ECONNREFUSED');
    delete process.env.http_proxy;
  });
});
