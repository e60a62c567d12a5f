import type { Browser, Page } from 'playwright-core';
import { Promise as PromiseKind } from '@kratix-ts/core/api';
import { ApiError, connect, type DynamicObject, type KubeClient, typeOf } from '@kratix-ts/core/kube';
import { barriers, openBrowser, openPage, picture } from './support/browser';
import { type Demo, startDemo } from './support/demo';
import { until } from './support/until';

const type = typeOf('forms.example.org/v1', 'Everything', 'everythings');
const request = { namespace: 'default', name: 'filled-in' };
const text = { type: 'string' };

/** Every construct that a form maps, in a schema that an API server takes. */
const spec = {
  type: 'object',
  required: ['owner', 'size'],
  oneOf: [{ required: ['owner'] }, { required: ['nobody'] }],
  properties: {
    hiddenOne: { ...text, default: 'kept', 'x-ui-hidden': true },
    notes: { ...text, 'x-ui-widget': 'textarea', 'x-ui-title': 'What for', 'x-ui-help': 'Shown to your team.' },
    owner: { ...text, pattern: '^[a-z]+$', 'x-kubernetes-validations': [{ rule: "self != 'root'", message: 'root owns nothing' }] },
    size: { ...text, enum: ['small', 'large'], default: 'small' },
    replicaCount: { type: 'integer', minimum: 1, maximum: 5, default: 2 },
    public: { type: 'boolean', default: false },
    port: { 'x-kubernetes-int-or-string': true },
    tags: { type: 'array', items: text },
    users: { type: 'array', items: { type: 'object', required: ['name'], properties: { name: text, admin: { type: 'boolean' } } } },
    regions: { type: 'array', 'x-kubernetes-list-type': 'set', items: { ...text, enum: ['eu', 'us'] } },
    annotations: { type: 'object', additionalProperties: text, default: { kept: 'yes' } },
    plan: { ...text, enum: ['b', 'p'], 'x-ui-labels': { b: 'Basic plan', p: 'Premium plan' } },
    backup: { type: 'object', required: ['schedule'], properties: { schedule: text, keep: { type: 'integer', default: 3 } } },
    settings: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    adminPassword: { ...text, format: 'password', minLength: 4 },
    credentials: { type: 'object', 'x-ui-secret': true, properties: { name: text } },
    since: { ...text, nullable: true, default: null },
    timeout: { ...text, 'x-ui-advanced': true },
  },
  'x-ui-order': ['owner', 'size', '*'],
};
const openAPIV3Schema = { type: 'object', properties: { spec } };
const api = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'everythings.forms.example.org' },
  spec: {
    group: type.group,
    names: { kind: type.kind, plural: type.plural, singular: 'everything' },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
  },
};

let demo: Demo;
let browser: Browser;
let page: Page;
let complaints: string[];
let kube: KubeClient;

beforeAll(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, demo.portal));
  kube = await connect({ file: demo.kubeconfig, fieldManager: 'form' });
}, 240_000);

afterAll(async () => {
  await picture(page, 'form-last');
  await kube?.close();
  await browser?.close();
  await demo?.stop();
  await demo?.remove();
});

async function stored(): Promise<DynamicObject | undefined> {
  try {
    return await kube.get<DynamicObject>(type, request);
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) return undefined;
    throw error;
  }
}

const box = (name: string | RegExp) => page.getByRole('textbox', { name }).first();
async function choose(label: string | RegExp, option: string): Promise<void> {
  await page.getByLabel(label).first().click();
  await page.getByRole('option', { name: option }).or(page.getByRole('menuitem', { name: option })).first().click();
}

test('a form with every construct is drawn, filled in, and becomes the object that was meant', async () => {
  await kube.create(PromiseKind.type, { apiVersion: PromiseKind.apiVersion, kind: 'Promise', metadata: { name: 'everything' }, spec: { api } } as DynamicObject);
  await page.goto('/');
  await page.waitForURL('**/catalog**');
  await until('the template', async () => {
    await page.goto('/create/templates/default/everything');
    await page.waitForLoadState('networkidle');
    return (await box('Name').count()) > 0 ? true : undefined;
  });
  await box('Name').fill(request.name);
  await page.getByRole('button', { name: /default/ }).first().waitFor();
  await picture(page, 'form-1-place');
  expect(await barriers(page, 'form')).toEqual([]);
  await page.getByRole('button', { name: 'Next' }).click();

  await box('Owner').fill('shop');
  await page.getByText('root owns nothing.').waitFor();
  await page.getByText('Shown to your team.').waitFor();
  await page.getByText(/Names an existing Secret/).waitFor();
  await page.getByText('Unsupported field schema').waitFor({ state: 'detached' });
  expect(await page.getByLabel('Hidden one').isVisible()).toBe(false);
  await box('What for').fill('two\nlines');
  await choose('Size', 'large');
  await choose('Plan', 'Premium plan');
  await box('Port').fill('8080');
  await box('Settings').fill('deep:\n  list: [1, two]\n');
  const password = page.getByLabel(/Admin password/).and(page.locator('input'));
  await password.fill('hunter2');
  await page.getByRole('checkbox', { name: 'Public' }).check();
  await page.getByTitle('Add Item').nth(0).click();
  await page.locator('#root_spec_tags_0').fill('blue');
  await page.getByTitle('Add Item').nth(1).click();
  await page.locator('#root_spec_users_0_name').fill('ana');
  await choose('Regions', 'eu');
  await page.keyboard.press('Escape');
  await box('Schedule').fill('daily');
  await picture(page, 'form-2-spec');
  await page.getByRole('checkbox', { name: /Show advanced settings/ }).check();
  await box('Timeout').fill('30s');
  await picture(page, 'form-3-advanced');

  await box('Settings').fill('deep: [');
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByText('This is no YAML yet').first().waitFor();
  await box('Settings').fill('deep:\n  list: [1, two]\n');
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Create' }).waitFor();
  await picture(page, 'form-4-review');
  expect(await page.content()).not.toContain('hunter2');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/create/tasks/**');

  const object = await until('the request in the cluster', stored);
  expect(object.spec).toEqual({
    owner: 'shop',
    hiddenOne: 'kept',
    notes: 'two\nlines',
    size: 'large',
    replicaCount: 2,
    public: true,
    port: 8080,
    tags: ['blue'],
    users: [{ name: 'ana' }],
    regions: ['eu'],
    annotations: { kept: 'yes' },
    plan: 'p',
    backup: { schedule: 'daily', keep: 3 },
    settings: { deep: { list: [1, 'two'] } },
    adminPassword: 'hunter2',
    timeout: '30s',
    // The server's: the form says nothing of it.
    since: null,
  });
  expect(complaints.filter(complaint => !complaint.includes('Failed to load resource'))).toEqual([]);
});
