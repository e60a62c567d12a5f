import type { Browser, Page } from 'playwright-core';
import { connect, type DynamicObject, type KubeClient, typeOf } from '@kratix-ts/core/kube';
import { barriers, openBrowser, openPage, picture, type Visit } from './support/browser';
import { type Demo, startDemo } from './support/demo';
import { fileIn, filesIn } from './support/store';
import { until } from './support/until';

const environments = typeOf('example.kratix-ts.dev/v1alpha1', 'ApplicationEnvironment', 'applicationenvironments');
const request = { namespace: 'default', name: 'journey' };
const entityPage = `/catalog/${request.namespace}/component/${request.name}.application-environment`;

/** Names the one that breaks when an earlier step of the journey has failed: every later one needs it. */
let demo: Demo;
let browser: Browser;
let visit: Visit;
let page: Page;
let kube: KubeClient;

beforeAll(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  visit = await openPage(browser, demo.portal);
  page = visit.page;
  kube = await connect({ file: demo.kubeconfig, fieldManager: 'journey' });
});

afterAll(async () => {
  await kube?.close();
  await browser?.close();
  await demo?.stop();
  await demo?.remove();
});

const card = () => page.locator('[data-phase]').first();
const files = () => filesIn(demo.store).filter(path => path.includes(`/${request.name}/`));

test('signs in by itself and opens the catalog', async () => {
  await page.goto('/');
  await page.waitForURL('**/catalog**');
  await page.getByText('application-environment').first().waitFor();
  await picture(page, '01-catalog');
});

test('offers a template of the example Promise', async () => {
  await page.goto('/create');
  await page.getByText('Application Environment', { exact: false }).first().waitFor();
  await picture(page, '02-templates');
  await page.goto('/create/templates/default/application-environment');
  await page.getByRole('textbox', { name: 'Name', exact: false }).first().waitFor();
  await picture(page, '03-form-name');
});

test('takes the form and makes the request', async () => {
  await page.getByRole('textbox', { name: 'Name', exact: false }).first().fill(request.name);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('textbox', { name: 'Team', exact: false }).fill('shop');
  await picture(page, '04-form-environment');
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByText(request.name).first().waitFor();
  await picture(page, '05-review');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/create/tasks/**');
  await until('the request in the cluster', () => kube.get(environments, request).catch(() => undefined));
});

test('shows the card from the first moment to Ready, without a reload', async () => {
  const watcher = await openPage(browser, demo.portal);
  page = watcher.page;
  await page.goto('/catalog');
  await until('the entity', async () => {
    const response = await page.goto(entityPage);
    await page.waitForLoadState('networkidle');
    return response?.ok() && (await card().count()) > 0 ? true : undefined;
  });
  const loads = watcher.loads();
  const seen = new Set<string>();
  await until(
    'the phase Ready on the card',
    async () => {
      const phase = (await card().getAttribute('data-phase')) ?? '';
      if (!seen.has(phase)) await picture(page, `06-card-${phase.toLowerCase()}`);
      seen.add(phase);
      return phase === 'Ready' ? true : undefined;
    },
    90_000,
  );
  expect(watcher.loads()).toBe(loads);
  await visit.page.getByText('Wait until it is ready').first().waitFor();
  await picture(visit.page, '07-task');
});

test('reads the log of a container', async () => {
  await page
    .getByRole('link', { name: /Show the log of/ })
    .first()
    .click();
  await page
    .getByText(/Log of/)
    .first()
    .waitFor();
  await until('a line of the log', async () =>
    (await page.locator('pre, [role=log]').first().innerText()).trim() ? true : undefined,
  );
  await picture(page, '08-log');
});

test('finds the files in git', async () => {
  const found = await until('files in the repository', () => (files().length > 0 ? files() : undefined));
  expect(found.map(path => path.split('/')[0])).toContain('dev');
  await page.goto(`${entityPage}/delivery`);
  await page.getByText('Files in dev').waitFor();
  await picture(page, '09-delivery');
});

test('follows a change of the request', async () => {
  await page.goto(entityPage);
  await card().waitFor();
  const texts = () =>
    files()
      .map(path => fileIn(demo.store, path))
      .join('\n');
  const before = texts();
  await kube.patch<DynamicObject>(environments, request, { spec: { size: 'large' } }, { kind: 'merge' });
  await until('other files in the repository', () => (texts() !== before ? true : undefined), 60_000);
  await until(
    'the phase Ready again',
    async () => ((await card().getAttribute('data-phase')) === 'Ready' ? true : undefined),
    60_000,
  );
  await picture(page, '10-changed');
});

test.each([
  ['the overview', ''],
  ['the pipelines', '/pipelines'],
  ['the delivery', '/delivery'],
])('has no barriers on %s', async (_, tab) => {
  await page.goto(`${entityPage}${tab}`);
  await page.waitForLoadState('networkidle');
  expect(await barriers(page, 'article, main')).toEqual([]);
});

test('takes the files away with the request', async () => {
  await page.goto(entityPage);
  await card().waitFor();
  await kube.delete(environments, request, { propagationPolicy: 'Background' });
  await until('the repository without the files', () => (files().length === 0 ? true : undefined), 60_000);
  await picture(page, '11-deleted');
});

test('ends everything with Ctrl-C', async () => {
  const children = demo.children();
  expect(children.length).toBeGreaterThanOrEqual(2);
  await kube.close();
  expect(await demo.stop()).toBe(0);
  await expect(fetch(demo.portal)).rejects.toThrow();
  const alive = children.filter(pid => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  });
  expect(alive).toEqual([]);
});
