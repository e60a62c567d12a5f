import { startTestPortal, type TestPortal } from './__testUtils__/testPortal';

jest.setTimeout(60_000);

let portal: TestPortal;
beforeAll(async () => {
  portal = await startTestPortal({ limits: { changesPerMinute: 3 } });
});
afterAll(() => portal?.stop());

it('item 84: takes no more of one caller than a minute allows, and no body of any size', async () => {
  await portal.made('busy');
  const pause = () => portal.call('post', portal.url('busy', '/actions/pause'), {});
  await pause().expect(202);
  await pause().expect(409);
  await pause().expect(409);
  const refused = await pause().expect(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.body.error.message).toMatch(/^You may do 3 changes a minute; try again in \d+ s$/);
  await portal.call('get', portal.url('busy')).expect(200);
  await portal.call('post', `${portal.url()}?dryRun=true`, { spec: { size: 'small' } }).expect(200);
  await portal.call('put', portal.url('busy'), { spec: { note: 'x'.repeat(2_000_000) }, generation: 1 }).expect(413);
});
