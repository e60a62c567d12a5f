import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { FakeClock } from '../testing/fake-clock';
import { aLogger } from '../testing/silent-logger';
import { Pace } from './pace';
import { proofOf, Verification } from './proof';
import { pushedBranch } from './pushed-branch';
import { PushEventReceiver, type Verdict } from './receiver';

const sign = (body: string | Buffer, secret: string) => createHmac('sha256', secret).update(body).digest('hex');

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

function ask(port: number, path: string, { method = 'POST', headers = {}, body = '' }: Asked = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, answer => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    // a server that refuses a body need not read it to its end
    sent.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' || error.code === 'ECONNRESET' ? resolve(413) : reject(error)));
    sent.end(body);
  });
}

describe('what proves that a sender knows the secret', () => {
  it('the signature that GitHub publishes as an example holds', () => {
    const proof = proofOf({ 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' });
    const holds = (body: string, secret: string) => {
      const verification = new Verification(proof ?? { kind: 'token', token: '' }, [secret]);
      verification.add(Buffer.from(body));
      return verification.holds();
    };
    expect(holds('Hello, World!', "It's a Secret to Everybody")).toBe(true);
    expect(holds('Hello, World?', "It's a Secret to Everybody")).toBe(false);
    expect(holds('Hello, World!', "It's a Secret to Nobody")).toBe(false);
  });
  it.each([
    [{}],
    [{ 'x-hub-signature-256': 'sha256=' }],
    [{ 'x-hub-signature-256': 'sha1=757107ea' }],
    [{ 'x-hub-signature-256': `sha256=${'z'.repeat(64)}` }],
    [{ 'x-gitea-signature': 'abc' }],
    [{ authorization: 'Basic abc' }],
  ])('%j is none', headers => expect(proofOf(headers)).toBeUndefined());
  it('a signature that is wrong is not made good by a token beside it', () =>
    expect(proofOf({ 'x-hub-signature-256': 'sha256=00', 'x-gitlab-token': 'right' })).toBeUndefined());
});

it.each([
  ['{"ref":"refs/heads/main"}', 'main'],
  ['{"ref":"refs/heads/deploy/eu"}', 'deploy/eu'],
  ['{"ref":"refs/tags/v1"}', undefined],
  ['{"zen":"Keep it logically awesome."}', undefined],
  ['{"ref":7}', undefined],
  ['payload=%7B%7D', undefined],
])('the branch of %s is %s', (body, branch) => expect(pushedBranch(body)).toBe(branch));

describe('a receiver', () => {
  let secrets: string[];
  let taken: string[];
  let verdict: Verdict;
  let receiver: PushEventReceiver;
  let port: number;
  beforeEach(async () => {
    [secrets, taken, verdict] = [['sesame'], [], 'taken'];
    receiver = new PushEventReceiver({ address: '127.0.0.1:0', log: aLogger(), secrets: () => secrets, take: (path, body) => {
      taken.push(`${path} ${body}`);
      return verdict;
    } });
    port = await receiver.start();
  });
  afterEach(() => receiver.stop());

  const body = '{"ref":"refs/heads/main"}';
  it.each([
    ['GitHub', { 'x-hub-signature-256': `sha256=${sign(body, 'sesame')}` }],
    ['Gitea', { 'x-gitea-signature': sign(body, 'sesame') }],
    ['GitLab', { 'x-gitlab-token': 'sesame' }],
    ['anybody', { authorization: 'Bearer sesame' }],
  ])('takes what %s sends', async (_, headers) => {
    expect(await ask(port, '/GitStateStore/fleet', { headers, body })).toBe(202);
    expect(taken).toEqual([`/GitStateStore/fleet ${body}`]);
  });

  it.each([
    ['nothing', {}],
    ['a signature of another body', { 'x-hub-signature-256': `sha256=${sign(`${body} `, 'sesame')}` }],
    ['a signature by another secret', { 'x-gitea-signature': sign(body, 'sesam') }],
    ['another token', { 'x-gitlab-token': 'sesam' }],
    ['an empty token', { 'x-gitlab-token': '' }],
  ])('refuses %s, and tells nobody', async (_, headers) => {
    expect(await ask(port, '/GitStateStore/fleet', { headers, body })).toBe(401);
    expect(taken).toEqual([]);
  });

  it('a bad signature is answered alike whether there is such a store or not', async () => {
    verdict = 'no such store';
    expect(await ask(port, '/GitStateStore/none', { headers: { 'x-gitlab-token': 'no' } })).toBe(401);
    expect(await ask(port, '/GitStateStore/none', { headers: { 'x-gitlab-token': 'sesame' } })).toBe(404);
  });

  it('takes the old secret and the new one, and none where there is none', async () => {
    secrets = ['new', 'sesame'];
    for (const token of secrets) expect(await ask(port, '/GitStateStore/fleet', { headers: { 'x-gitlab-token': token } })).toBe(202);
    secrets = [];
    expect(await ask(port, '/GitStateStore/fleet', { headers: { 'x-gitlab-token': '' } })).toBe(503);
    expect(await ask(port, '/GitStateStore/fleet', { headers: { 'x-hub-signature-256': `sha256=${sign(body, '')}` }, body })).toBe(503);
  });

  it('does not read a large body, and refuses a huge one', async () => {
    const large = Buffer.alloc(2 * 1024 * 1024, 'x');
    expect(await ask(port, '/GitStateStore/fleet', { headers: { 'x-gitea-signature': sign(large, 'sesame') }, body: large })).toBe(202);
    expect(taken).toEqual(['/GitStateStore/fleet ']);
    expect(await ask(port, '/GitStateStore/fleet', { headers: { 'x-gitlab-token': 'sesame' }, body: Buffer.alloc(26 * 1024 * 1024) })).toBe(413);
    expect(taken).toHaveLength(1);
  });

  it('answers to POST alone', async () => expect(await ask(port, '/GitStateStore/fleet', { method: 'GET' })).toBe(405));
});

describe('the pace', () => {
  it('the first is served at once, all that come in the time after it by one more', async () => {
    const clock = new FakeClock();
    const done: string[] = [];
    const pace = new Pace(key => done.push(key), () => 5_000, clock);
    for (let count = 0; count < 100; count += 1) pace.ask('a');
    pace.ask('b');
    expect(done).toEqual(['a', 'b']);
    await clock.advance(4_999);
    expect(done).toHaveLength(2);
    await clock.advance(1);
    expect(done).toEqual(['a', 'b', 'a']);
    await clock.advance(60_000);
    pace.ask('a');
    expect(done).toHaveLength(4);
    pace.ask('a');
    pace.end();
    expect(clock.pending).toBe(0);
  });
});
