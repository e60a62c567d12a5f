import type { Browser, Page } from 'playwright-core';
import { ApiError, connect, type DynamicObject, type KubeClient, typeOf } from '@kratix-ts/core/kube';
import { barriers, emptyPictures, openBrowser, openPage, picture, type Visit } from './support/browser';
import { type Demo, startDemo } from './support/demo';
import { recordPhases, untilCard, untilPhase } from './support/card';
import { stepsOf } from './support/steps';
import { fileIn, filesIn } from './support/store';
import { patience, until } from './support/until';

const environments = typeOf('example.kratix-ts.dev/v1alpha1', 'ApplicationEnvironment', 'applicationenvironments');
const request = { namespace: 'default', name: 'journey' };
const entityPage = `/catalog/${request.namespace}/component/${request.name}.application-environment`;

let demo: Demo;
let browser: Browser;
let visit: Visit;
let page: Page;
let kube: KubeClient;
/** How often the page with the card was loaded. */
let loads: () => number;

const step = stepsOf('journey', () => page);

beforeAll(async () => {
  demo = await startDemo();
  emptyPictures();
  browser = await openBrowser();
  visit = await openPage(browser, demo.portal);
  page = visit.page;
  kube = await connect({ file: demo.kubeconfig, fieldManager: 'journey' });
}, 240_000);

afterAll(async () => {
  await kube?.close();
  await browser?.close();
  await demo?.stop();
  await demo?.remove();
});

async function isThere(): Promise<boolean> {
  try {
    await kube.get(environments, request);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) return false;
    throw error;
  }
}
const texts = () =>
  files()
    .map(path => fileIn(demo.store, path))
    .join('\n');
const files = () => filesIn(demo.store).filter(path => path.includes(`/${request.name}/`));

step('signs in by itself and opens the catalog', async () => {
  await page.goto('/');
  await page.waitForURL('**/catalog**');
  await page.getByText('Application environment').first().waitFor();
  await picture(page, '01-catalog');
});

step('finds what failed and why by links alone, and learns that another try would not help', async () => {
  await page.getByRole('link', { name: 'Kratix', exact: true }).click();
  await page.getByText('A database for development gets 50 GiB at most, and this request asks for 80', { exact: false }).first().waitFor();
  await picture(page, '01-what-failed');
  await page.getByRole('link', { name: 'reports', exact: true }).first().click();
  await untilPhase(page, 'Failed');
  const card = page.locator('[data-phase]').first();
  await card.getByText('Is it about what was asked for? Edit the request.', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Retry from this step' }).click();
  await page.getByRole('link', { name: 'All runs' }).waitFor();
  await untilPhase(page, 'Failed');
  await picture(page, '01-why');
});

step('repairs it where the card leads, and sees there that it has become ready', async () => {
  await page.getByRole('link', { name: 'Edit…' }).click();
  await page.getByText('lower the database storage', { exact: false }).first().waitFor();
  await page.getByLabel('Database storage').fill('40');
  await page.getByRole('row', { name: 'Database storage 80 40' }).waitFor();
  await page.getByRole('button', { name: 'Preview files' }).click();
  const files = page.getByRole('region', { name: 'Files' });
  await files.getByRole('heading', { name: 'dev', exact: true }).waitFor();
  await files.getByRole('button', { name: /database\.yaml/ }).click();
  await files.getByText('storage: 40Gi', { exact: false }).waitFor();
  // what does not depend on the change is the same as what was delivered
  expect(await files.getByRole('button', { name: /changed/ }).count()).toBe(0);
  await picture(page, '01-repair');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Delivered to dev', { exact: false }).first().waitFor();
  await picture(page, '01-repaired');
});

step('offers a template of the example Promise', async () => {
  await page.goto('/create');
  await page.getByText('Application environment').first().waitFor();
  await picture(page, '02-templates');
  await page.goto('/create/templates/default/application-environment');
  await page.getByRole('textbox', { name: 'Name', exact: false }).first().waitFor();
  await picture(page, '03-form-name');
});

step('takes the form and makes the request', async () => {
  await page.getByRole('textbox', { name: 'Name', exact: false }).first().fill(request.name);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('textbox', { name: 'Team', exact: false }).fill('shop');
  await picture(page, '04-form-environment');
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByText(request.name).first().waitFor();
  await picture(page, '05-review');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/create/tasks/**');
  await until('the request in the cluster', async () => ((await isThere()) ? true : undefined));
});

step('shows the card as soon as the entity is there, until it is Ready', async () => {
  const watcher = await openPage(browser, demo.portal);
  page = watcher.page;
  loads = watcher.loads;
  await page.goto('/catalog');
  await untilCard(page, entityPage);
  const before = loads();
  await untilPhase(page, 'Ready');
  expect(loads()).toBe(before);
  await picture(page, '06-ready');
  await visit.page.getByText('Wait until it is ready').first().waitFor();
  await picture(visit.page, '07-task');
});

step('reads the log of a container', async () => {
  await page
    .getByRole('link', { name: /Show the log of/ })
    .first()
    .click();
  await page.getByRole('log', { name: /Log of/ }).waitFor();
  await until('a line of the log', async () =>
    (await page.locator('pre, [role=log]').first().innerText()).trim() ? true : undefined,
  );
  await picture(page, '08-log');
});

step('finds the files in git', async () => {
  const found = await until('files in the repository', () => (files().length > 0 ? files() : undefined));
  expect(found.map(path => path.split('/')[0])).toContain('dev');
  await page.goto(`${entityPage}/delivery`);
  await page.getByRole('button', { name: /^dev/ }).first().waitFor();
  await picture(page, '09-delivery');
});

step('follows a change of the request from the first phase to the last, without a reload', async () => {
  await page.goto(entityPage);
  await untilPhase(page, 'Ready');
  const before = { texts: texts(), loads: loads() };
  const phases = await recordPhases(page);
  await kube.patch<DynamicObject>(environments, request, { spec: { size: 'large' } }, { kind: 'merge' });
  await until('a phase before Ready', async () =>
    (await phases()).some(phase => phase !== 'Ready') ? true : undefined,
  );
  await picture(page, '10-changing');
  await until('other files in the repository', () => (texts() !== before.texts ? true : undefined), patience);
  await until('the phase Ready again', async () => ((await phases()).at(-1) === 'Ready' ? true : undefined), patience);
  expect(loads()).toBe(before.loads);
  await picture(page, '11-changed');
});

step('sets the change beside the run before it: what was asked for, and each file', async () => {
  await page.goto(`${entityPage}/pipelines`);
  await page.getByRole('button', { name: 'Compare' }).click();
  const inputs = page.getByRole('group', { name: 'Inputs' });
  await inputs.getByText('size: large').waitFor();
  expect(await inputs.innerText()).toMatch(/size: (small|medium)/);
  const outputs = page.getByRole('list', { name: 'Outputs' });
  await outputs.getByText('changed').first().waitFor();
  await outputs.locator('[data-sign="+"]').first().waitFor();
  await picture(page, '11-compared');
  expect(await barriers(page, 'main')).toEqual([]);
});

const spec = async () => (await kube.get<DynamicObject>(environments, request)).spec as Record<string, unknown>;
const team = () => page.getByRole('textbox', { name: 'Team', exact: false });

step('edits the request in its form, with what will change beside it', async () => {
  await page.goto(`${entityPage}/manage`);
  await team().fill('data');
  const changes = page.getByRole('region', { name: 'What will change' });
  await changes.getByRole('row', { name: /Team/ }).waitFor();
  await changes.getByText('The server accepts this.').waitFor();
  await picture(page, '12-edit');
  await page.getByRole('button', { name: 'Apply' }).click();
  await until('the new team', async () => ((await spec()).team === 'data' ? true : undefined));
  expect(await spec()).toMatchObject({ size: 'large' });
});

step('merges with what somebody else changed meanwhile', async () => {
  await page.goto(`${entityPage}/manage`);
  await team().fill('store');
  await kube.patch<DynamicObject>(environments, request, { spec: { size: 'small' } }, { kind: 'merge' });
  await page.getByText('Somebody else changed this request since you began', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('region', { name: 'Changed by somebody else' }).waitFor();
  await picture(page, '13-conflict');
  await page.getByRole('radiogroup', { name: 'Size' }).getByText('Theirs:').click();
  await page.getByRole('button', { name: 'Go on with these' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await until('both changes', async () => ((await spec()).team === 'store' && (await spec()).size === 'small' ? true : undefined));
});

for (const [name, tab] of Object.entries({ overview: '', pipelines: '/pipelines', delivery: '/delivery', manage: '/manage' })) {
  test(`has no barriers on the tab ${name}`, async () => {
    await page.goto(`${entityPage}${tab}`);
    await page.waitForLoadState('networkidle');
    expect(await barriers(page, 'main')).toEqual([]);
  });
}

step('takes the files away with the request', async () => {
  await page.goto(`${entityPage}/manage`);
  await page.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(request.name);
  await picture(page, '14-delete');
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await until('the repository without the files', () => (files().length === 0 ? true : undefined), patience);
  await until('the request gone from the cluster', async () => ((await isThere()) ? undefined : true));
  await page.getByText('This request is gone').first().waitFor();
  await picture(page, '15-deleted');
  await page.getByRole('link', { name: 'All requests' }).click();
  await page.waitForURL('**/kratix/requests');
});

step('ends everything with Ctrl-C', async () => {
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
