import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { connect, type KubeClient } from '@kratix-ts/core/kube';
import { barriers, emptyPictures, openBrowser, openPage, picture } from './support/browser';
import { ask, aTopicPromise, aWaitingPromise, environments, install, makeNamespace, takeBack, topics } from './support/offers';
import { makeParts, type Parts, type Portal } from './support/parts';
import { until } from './support/until';

let parts: Parts;
let browser: Browser;
let kube: KubeClient;
let all: Page;
let team: Page;

async function isServed(): Promise<true | undefined> {
  try {
    await kube.list(topics);
    return true;
  } catch {
    return undefined;
  }
}

async function makePlatform(): Promise<void> {
  await takeBack(kube, environments, { name: 'reports', namespace: 'default' });
  await makeNamespace(kube, 'shop');
  await makeNamespace(kube, 'hidden');
  await install(kube, aTopicPromise());
  await install(kube, aWaitingPromise());
  await until('the API of the topics', isServed);
  for (let number = 10; number < 40; number += 1) {
    const by = number % 2 ? 'user:default/ana' : 'user:default/guest';
    await ask(kube, topics, { name: `topic-${number}`, namespace: number % 3 ? 'shop' : 'default', by });
  }
  await ask(kube, topics, { name: 'topic-hidden', namespace: 'hidden', by: 'user:default/ana' });
}

async function signIn(portal: Portal): Promise<Page> {
  const { page } = await openPage(browser, portal.url);
  await page.goto('/');
  await page.waitForURL('**/catalog**');
  return page;
}

beforeAll(async () => {
  parts = await makeParts();
  const { kubeconfig } = await parts.cluster();
  kube = await connect({ file: kubeconfig, fieldManager: 'journey' });
  await makePlatform();
  const portals = await Promise.all([parts.portal(), parts.portal({ policy: join(__dirname, 'support/policy.mjs') })]);
  emptyPictures('platform');
  browser = await openBrowser();
  [all, team] = [await signIn(portals[0]), await signIn(portals[1])];
}, 240_000);

afterAll(async () => {
  await kube?.close();
  await browser?.close();
  await parts?.remove();
}, 60_000);

const rows = (page: Page) => page.locator('[data-request]');
const untilRows = (page: Page, count: number) =>
  until(`${count} rows`, async () => ((await rows(page).count()) === count ? true : undefined));

/** What keeps people out, in both themes. */
async function untilFree(page: Page, shown: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`[data-theme-mode="${colorScheme}"]`).first().waitFor({ state: 'attached' });
    await page.locator(shown).first().waitFor();
    expect(await barriers(page, '[data-kratix]')).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

test('pages, sorts and filters the requests by keyboard, and keeps that in the address', async () => {
  await all.goto('/kratix/requests');
  await untilRows(all, 25);
  await all.getByRole('button', { name: 'Next page' }).focus();
  await all.keyboard.press('Enter');
  await untilRows(all, 6);
  await all.getByRole('button', { name: 'Name', exact: true }).focus();
  await all.keyboard.press('Enter');
  await untilRows(all, 25);
  await all.getByRole('searchbox', { name: 'Search requests' }).focus();
  await all.keyboard.type('topic-1');
  await untilRows(all, 10);
  await picture(all, 'platform/requests');
  await all.waitForURL(url => url.searchParams.get('text') === 'topic-1' && url.searchParams.get('sort') === 'name');
  await all.reload();
  await untilRows(all, 10);
  await all.goto('/kratix/stores');
  await all.getByRole('rowheader', { name: /demo/ }).waitFor();
  await all.goBack();
  await untilRows(all, 10);
  await untilFree(all, '[data-request]');
});

/** Chooses a value in one of the lists over the table, and closes it. */
async function choose(list: string, value: string): Promise<void> {
  await all.getByRole('search', { name: 'Filters' }).getByRole('button', { name: list }).click();
  await all.getByRole('option', { name: value, exact: true }).click({ timeout: 15_000 });
  await all.keyboard.press('Escape');
}

test('narrows the requests by offer, namespace, person and state, each by itself and together, and keeps that over a reload', async () => {
  const wanted = (number: number) => (number % 2 ? 'ana' : 'guest');
  const made = Array.from({ length: 30 }, (_, index) => index + 10);
  const inDefault = made.filter(number => number % 3 === 0);
  const ofGuest = made.filter(number => wanted(number) === 'guest');
  const both = inDefault.filter(number => wanted(number) === 'guest');
  const address = (name: string) => new URL(all.url()).searchParams.get(name);
  const clear = async () => {
    await all.getByRole('button', { name: 'Clear filters' }).click();
    await untilRows(all, 25);
    expect(new URL(all.url()).search).not.toMatch(/offer|namespace|by=|phase/);
  };
  await all.goto('/kratix/requests');
  await untilRows(all, 25);

  await choose('Namespace', 'default');
  await untilRows(all, inDefault.length);
  expect(address('namespace')).toBe('default');
  await all.reload();
  await untilRows(all, inDefault.length);
  await choose('Requested by', 'guest');
  await untilRows(all, both.length);
  await all.reload();
  await untilRows(all, both.length);
  await clear();

  await choose('Requested by', 'guest');
  await untilRows(all, ofGuest.length);
  await clear();

  await choose('Offer', 'data-topic');
  expect(address('offer')).toBe('data-topic');
  await choose('Namespace', 'hidden');
  await untilRows(all, 1);
  await rows(all).getByText('topic-hidden').waitFor();
  await clear();

  const queued = all.locator('button[aria-pressed]').first();
  const count = Number(/\d+/.exec(await queued.innerText())?.[0]);
  await queued.click();
  await until('the state in the address', () => address('phase') ?? undefined);
  await untilRows(all, Math.min(count, 25));
  await all.reload();
  await untilRows(all, Math.min(count, 25));
  expect(await all.locator('button[aria-pressed="true"]').count()).toBe(1);
  await picture(all, 'platform/requests-filtered');
});

test('shows offers, the one that waits first, and one of them as documentation', async () => {
  await all.goto('/kratix/promises');
  await all.getByRole('rowheader', { name: /Event stream/ }).waitFor();
  await until('the offer that waits on top', async () =>
    /Event stream/.test(await all.getByRole('rowheader').first().innerText()) ? true : undefined,
  );
  await picture(all, 'platform/promises');
  await untilFree(all, 'table');
  await all.goto('/kratix/promises/demo/application-environment');
  for (const name of [
    'What can be asked for',
    'Example',
    'What happens',
    'Versions',
    'Needs and is needed by',
    'Requests of this offer',
  ]) {
    await all.getByRole('heading', { name }).waitFor();
  }
  await picture(all, 'platform/promise');
  await untilFree(all, 'table');
});

test('shows where files go, and when they went there last', async () => {
  for (const tab of ['destinations', 'stores']) {
    await all.goto(`/kratix/${tab}`);
    await all.getByRole('columnheader', { name: 'Last write' }).waitFor();
    await untilFree(all, 'table');
    await picture(all, `platform/${tab}`);
  }
});

test('hides what the policy hides, and says whom to ask', async () => {
  await team.goto('/kratix/requests?text=topic-hidden');
  await team.getByText('No request matches these filters.').waitFor();
  await team.goto('/kratix/destinations');
  await team.getByText('The platform team can give you the permission.', { exact: false }).waitFor();
  await picture(team, 'platform/denied');
  await untilFree(team, '[data-kratix]');
});

async function openEntity(name: string, namespace: string, tab: string, words: string): Promise<void> {
  await until(words, async () => {
    await team.goto(`/catalog/${namespace}/component/${name}.data-topic/${tab}`);
    await team.waitForLoadState('networkidle');
    return (await team.getByText(words, { exact: false }).count()) > 0 || undefined;
  });
  await team.getByText('The platform team can give you the permission.', { exact: false }).first().waitFor();
  await picture(team, `platform/entity-${name}`);
}

test('lets a request be seen that may not be changed, without a button to change it', async () => {
  await openEntity('topic-11', 'shop', 'manage', 'You can see this request, but not change it.');
  await expect(team.getByRole('button', { name: 'Apply' }).count()).resolves.toBe(0);
  await expect(team.getByRole('button', { name: 'Delete…' }).count()).resolves.toBe(0);
});

test('answers a link to a request that may not be seen', async () => {
  await openEntity('topic-hidden', 'hidden', '', 'You may not see this request.');
});
