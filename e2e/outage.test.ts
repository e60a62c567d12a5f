import type { Browser, Page } from 'playwright-core';
import { connect, type KubeClient } from '@kratix-ts/core/kube';
import { barriers, emptyPictures, openBrowser, openPage, picture } from './support/browser';
import { ask, environments } from './support/offers';
import { type Cluster, makeParts, type Parts } from './support/parts';
import { until } from './support/until';

const request = { namespace: 'default', name: 'steady' };
const entityPage = '/catalog/default/component/steady.application-environment';

/** A connection is tried again after ever longer pauses. Milliseconds. */
const reconnection = 150_000;
const untilPhase = (page: Page, phase: string) =>
  page.locator(`[data-phase="${phase}"]:has(h3)`).first().waitFor({ timeout: reconnection });

let parts: Parts;
let cluster: Cluster;
let browser: Browser;
let card: Page;
let table: Page;
let loads: () => number;

async function makeRequest(kube: KubeClient): Promise<void> {
  await until('the API of the offer', async () => {
    try {
      await kube.list(environments);
      return true;
    } catch {
      return undefined;
    }
  });
  await ask(kube, environments, { ...request, by: 'user:default/guest', spec: { team: 'shop' } });
}

beforeAll(async () => {
  parts = await makeParts();
  cluster = await parts.cluster();
  const kube = await connect({ file: cluster.kubeconfig, fieldManager: 'journey' });
  await makeRequest(kube);
  await kube.close();
  const portal = await parts.portal();
  emptyPictures('outage');
  browser = await openBrowser();
  const visit = await openPage(browser, portal.url);
  card = visit.page;
  loads = visit.loads;
  await card.goto('/');
  await card.waitForURL('**/catalog**');
  table = await card.context().newPage();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await parts?.remove();
}, 60_000);

test('says that the cluster is away with what was last known of it, and follows it again by itself', async () => {
  await until('the entity', async () => {
    await card.goto(entityPage);
    await card.waitForLoadState('networkidle');
    return (await card.locator('[data-phase]').count()) > 0 || undefined;
  });
  await untilPhase(card, 'Ready');
  await table.goto('/kratix/destinations');
  await table.getByRole('rowheader', { name: /dev/ }).waitFor();
  const before = loads();

  await cluster.stop();
  await untilPhase(card, 'Unknown');
  await card
    .getByText(/is not reachable/)
    .first()
    .waitFor();
  await table
    .getByText(/not reachable since/)
    .first()
    .waitFor();
  await table.getByRole('rowheader', { name: /dev/ }).waitFor();
  await picture(card, 'outage/card');
  await picture(table, 'outage/destinations');
  for (const colorScheme of ['light', 'dark'] as const) {
    await table.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await table
      .getByText(/not reachable since/)
      .first()
      .waitFor();
    expect(await barriers(table, '[data-kratix]')).toEqual([]);
  }

  cluster = await parts.cluster();
  await untilPhase(card, 'Ready');
  await table
    .getByText(/not reachable since/)
    .first()
    .waitFor({ state: 'detached', timeout: reconnection });
  expect(loads()).toBe(before);
  await picture(card, 'outage/back');
}, 600_000);
