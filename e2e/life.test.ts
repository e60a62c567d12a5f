import type { Browser, Page } from 'playwright-core';
import { Promise as PromiseKind, PromiseRevision, ResourceBinding } from '@kratix-ts/core/api';
import { connect, coreTypes, type DynamicObject, type KubeClient, typeOf } from '@kratix-ts/core/kube';
import { requestEntityName } from '@kratix-ts/backstage-plugin-kratix-common';
import { emptyPictures, openBrowser, openPage } from './support/browser';
import { untilCard, untilPhase } from './support/card';
import { type Demo, startDemo } from './support/demo';
import { faults } from './support/looks';
import { request, smallPromise } from './support/promise';
import { stepsOf } from './support/steps';
import { until } from './support/until';

/* A request's life, with what goes wrong in it: it fails and is mended, waits for a person, is upgraded, says nasty things. */

let demo: Demo;
let browser: Browser;
let page: Page;
let kube: KubeClient;

beforeAll(async () => {
  emptyPictures('life');
  demo = await startDemo();
  browser = await openBrowser();
  ({ page } = await openPage(browser, demo.portal));
  kube = await connect({ file: demo.kubeconfig, fieldManager: 'life' });
  await page.goto('/');
  await page.waitForURL('**/catalog**');
}, 240_000);

afterAll(async () => {
  await kube?.close();
  await browser?.close();
  await demo?.stop();
  await demo?.remove();
});

const pageOf = (promise: string, name: string) => {
  const entity = requestEntityName({ promise, namespace: 'default', name, cluster: 'demo', defaultCluster: 'demo' });
  return `/catalog/${entity.namespace}/${entity.kind.toLowerCase()}/${entity.name}`;
};
const card = () => page.locator('[data-phase]:has(h3)').first();
/** What nobody should meet on the card, whatever the cards of other plugins do; and on a whole tab. */
const cardFaults = (name: string) => faults(page, `life/${name}`, '[data-phase]');
const tabFaults = (name: string) => faults(page, `life/${name}`, 'main');

describe('a request that fails', () => {
  const step = stepsOf('life/fails', () => page);
  const sizes = { namespace: 'default', name: 'environment-sizes' };
  const broken = pageOf('application-environment', 'broken');
  const environments = typeOf('example.kratix-ts.dev/v1alpha1', 'ApplicationEnvironment', 'applicationenvironments');

  /** As a platform team has it that wants to hear of a failure at once. */
  async function failAtOnce(): Promise<void> {
    const promise = await kube.get<DynamicObject>(PromiseKind.type, { name: 'application-environment' });
    const { configure } = (promise.spec as { workflows: { resource: { configure: { spec: object }[] } } }).workflows.resource;
    const once = configure.map(pipeline => ({ ...pipeline, spec: { ...pipeline.spec, jobOptions: { backoffLimit: 0 } } }));
    await kube.patch<DynamicObject>(PromiseKind.type, promise.metadata, { spec: { workflows: { resource: { configure: once } } } }, { kind: 'merge' });
    await until('the revision with it', async () => {
      const { items } = await kube.list<DynamicObject>(PromiseRevision.type);
      return items.some(({ spec }) => JSON.stringify(spec).includes('"backoffLimit":0')) ? true : undefined;
    });
  }

  step('is made through the portal, while the platform lacks what it needs', async () => {
    await failAtOnce();
    await kube.patch<DynamicObject>(coreTypes.ConfigMap, sizes, { data: { LARGE_CPU: null } }, { kind: 'merge' });
    await page.goto('/create/templates/default/application-environment');
    await page.getByRole('textbox', { name: 'Name' }).first().fill('broken');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('textbox', { name: 'Team' }).fill('shop');
    await page.getByLabel('Size').first().click();
    await page.getByRole('option', { name: 'large' }).or(page.getByRole('menuitem', { name: 'large' })).first().click();
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByRole('button', { name: 'Create' }).click();
    await page.waitForURL('**/create/tasks/**');
    await untilCard(page, broken);
    await untilPhase(page, 'Failed');
  });

  step('says on its card which container failed, with what, and its last words', async () => {
    await card().getByText(/Step 1, container set-limits, exited with [1-9]/).first().waitFor();
    await card().getByRole('group', { name: 'Last lines of set-limits' }).getByText(/LARGE_CPU/).waitFor();
    await card().getByRole('button', { name: 'Retry from this step' }).waitFor();
    expect(await cardFaults('01-failed')).toEqual([]);
  });

  step('opens the log from the card', async () => {
    await card().getByRole('link', { name: 'Open log' }).click();
    await page.getByRole('log', { name: 'Log of set-limits' }).getByText(/LARGE_CPU/).first().waitFor();
    expect(await tabFaults('02-log')).toEqual([]);
  });

  step('is Ready after the mend and a press of its button', async () => {
    await kube.patch<DynamicObject>(coreTypes.ConfigMap, sizes, { data: { LARGE_CPU: '16' } }, { kind: 'merge' });
    await page.goto(broken);
    await card().getByRole('button', { name: 'Retry from this step' }).click();
    await untilPhase(page, 'Ready');
    expect((await kube.get<DynamicObject>(environments, { namespace: 'default', name: 'broken' })).spec).toMatchObject({ size: 'large' });
    expect(await cardFaults('03-mended')).toEqual([]);
  });
});

describe('a request that waits for a person', () => {
  const step = stepsOf('life/waits', () => page);
  const promise = smallPromise({
    name: 'purchase',
    kind: 'Purchase',
    properties: { article: { type: 'string' } },
    steps: {
      approval: `
        if grep -q 'approval: asked' /kratix/input/object.yaml; then exit 0; fi
        echo 'approval: asked' >/kratix/metadata/status.yaml
        echo 'suspend: true' >/kratix/metadata/workflow-control.yaml
        echo 'message: Ask Ana of Purchasing to approve this' >>/kratix/metadata/workflow-control.yaml`,
      order: 'cp /kratix/input/object.yaml /kratix/output/order.yaml',
    },
  });
  const purchase = pageOf('purchase', 'desk');

  step('says what it waits for, and offers to go on', async () => {
    await request(kube, promise, 'desk', { article: 'desk' });
    await untilCard(page, purchase);
    await untilPhase(page, 'PausedByStep');
    await card().getByText(/Ask Ana of Purchasing to approve this/).first().waitFor();
    await card().getByRole('button', { name: 'Resume' }).waitFor();
    expect(await cardFaults('04-suspended')).toEqual([]);
  });

  step('is Ready when somebody has resumed it', async () => {
    await card().getByRole('button', { name: 'Resume' }).click();
    await untilPhase(page, 'Ready');
    expect(await cardFaults('05-resumed')).toEqual([]);
  });

  step('is held and let go on the tab Manage', async () => {
    await page.goto(`${purchase}/manage`);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('It is paused: no changes are applied, and nothing runs.').waitFor();
    expect(await tabFaults('06-paused')).toEqual([]);
    await page.getByRole('button', { name: 'Unpause' }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await page.goto(purchase);
    await untilPhase(page, 'Ready');
  });
});

describe('a request of a Promise with versions', () => {
  const step = stepsOf('life/upgrade', () => page);
  const title = { type: 'string', title: 'Title', maxLength: 60 };
  const says = (release: string) => `
    cp /kratix/input/object.yaml /kratix/output/site.yaml
    echo 'release: ${release}' >/kratix/metadata/status.yaml`;
  const site = (version: string, properties: Record<string, unknown>, release: string) =>
    smallPromise({ name: 'site', kind: 'Site', version, properties, steps: { build: says(release) } });
  const shop = pageOf('site', 'shop');
  async function chooseVersion() {
    await page.goto(`${shop}/manage`);
    await page.getByRole('button', { name: 'Change version…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    return dialog;
  }

  step('stays at the first where it is pinned', async () => {
    const promise = site('v1.0.0', { title }, 'first');
    await request(kube, promise, 'shop', { title: 'Shop' });
    await untilCard(page, shop);
    await untilPhase(page, 'Ready');
    const binding = await until('its binding', async () => {
      const { items } = await kube.list<DynamicObject>(ResourceBinding.type, { namespace: 'default', labelSelector: 'kratix.io/promise-name=site' });
      return items.at(0);
    });
    await kube.patch<DynamicObject>(ResourceBinding.type, binding.metadata, { spec: { version: 'v1.0.0' } }, { kind: 'merge' });
    await until('the pin to be noted', async () => {
      const { status } = await kube.get<DynamicObject>(promise.type, { namespace: 'default', name: 'shop' });
      return (status as { resourceBindingVersion?: string } | undefined)?.resourceBindingVersion === 'v1.0.0' ? true : undefined;
    });
    const region = { type: 'string', title: 'Region', enum: ['eu', 'us'], default: 'eu' };
    const { metadata, spec } = site('v2.0.0', { title: { ...title, maxLength: 30 }, region }, 'second').object;
    await kube.patch<DynamicObject>(PromiseKind.type, { name: 'site' }, { metadata: { labels: metadata.labels }, spec }, { kind: 'merge' });
    await card().getByText('v2.0.0 available').waitFor();
    await untilPhase(page, 'Ready');
    expect(await cardFaults('07-pinned')).toEqual([]);
  });

  step('explains what another version changes', async () => {
    await page.goto(`${shop}/manage`);
    await page.getByText('It stays at v1.0.0 until somebody moves it. v2.0.0 is available.').waitFor();
    expect(await tabFaults('08-manage')).toEqual([]);
    const dialog = await chooseVersion();
    await dialog.getByText(/spec\.region is new/).waitFor();
    await dialog.getByText(/the longest length is now 30, it was 60/).waitFor();
    await dialog.getByText('may refuse what was right before').first().waitFor();
    expect(await faults(page, 'life/09-versions', '[role=dialog]', async () => void (await chooseVersion()))).toEqual([]);
  });

  step('is Ready at the version that was chosen', async () => {
    const dialog = await chooseVersion();
    await dialog.getByRole('button', { name: 'Change version' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.goto(shop);
    await card().getByText('second').waitFor();
    await card().getByText('v2.0.0', { exact: true }).waitFor();
    await untilPhase(page, 'Ready');
    expect(await cardFaults('10-upgraded')).toEqual([]);
  });
});

describe('B42: a request with nasty values', () => {
  const step = stepsOf('life/nasty', () => page);
  const name = `nasty-${'x'.repeat(57)}`;
  const script = '<script>window.hostile = true</script><img src="x" onerror="window.hostile = true">';
  const override = '\u202e';
  const long = 'unbroken'.repeat(40);
  const red = '\\033[31mred\\033[0m';
  const promise = smallPromise({
    name: 'nasty',
    kind: 'Nasty',
    properties: { text: { type: 'string' } },
    steps: {
      say: `
        cat >/kratix/metadata/status.yaml <<'YAML'
        outcome: '${script}'
        colour: "\\e[31mred\\e[0m"
        reversed: '${override}txet desrever'
        address: 'javascript:window.hostile=true'
        long: ${long}
        YAML`.replace(/^ {8}/gm, ''),
      fail: `
        echo '${script}'
        printf '${red}\\n'
        echo '${override}txet desrever'
        echo ${long}
        echo '${script} ${override}txet desrever'
        exit 3`,
    },
  });
  const nasty = pageOf('nasty', name);
  const ran = () => page.evaluate('window.hostile');

  step('shows them as text on its card', async () => {
    await request(kube, promise, name, { text: `${script} ${override}txet` });
    await untilCard(page, nasty);
    await untilPhase(page, 'Failed');
    await card().getByText(/Step 2, container work, exited with 3: .*<script>/).first().waitFor();
    const words = await card().getByRole('group', { name: 'Last lines of work' }).innerText();
    expect(words).toContain(script);
    await card().getByText('Outcome').waitFor();
    // eslint-disable-next-line no-control-regex
    expect(await card().innerText()).not.toMatch(/\u001b|\[31m/);
    expect(await card().locator('script, img, a[href^=javascript]').count()).toBe(0);
    expect(await cardFaults('11-nasty')).toEqual([]);
    expect(await ran()).toBeUndefined();
  });

  step('shows them as text in its log, and on every tab', async () => {
    await card().getByRole('link', { name: 'Open log' }).click();
    const log = page.getByRole('log', { name: 'Log of work' });
    await log.getByText(script).first().waitFor();
    await log.getByText('red', { exact: true }).waitFor();
    expect(await log.innerText()).not.toContain('[31m');
    expect(await tabFaults('12-nasty-log')).toEqual([]);
    for (const tab of ['delivery', 'manage']) {
      await page.goto(`${nasty}/${tab}`);
      await page.waitForLoadState('networkidle');
      expect(await tabFaults(`13-nasty-${tab}`)).toEqual([]);
    }
    expect(await ran()).toBeUndefined();
  });
});
