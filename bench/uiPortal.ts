import { connect, typeOf, type DynamicObject } from '@kratix-ts/core/kube';
import type { Browser, Page } from 'playwright-core';
import { openPage } from '../e2e/support/browser';
import type { Demo } from '../e2e/support/demo';
import { until } from '../e2e/support/until';
import { atMost, median, type Row } from './table';

const REPEATS = 10;
const environments = typeOf('example.kratix-ts.dev/v1alpha1', 'ApplicationEnvironment', 'applicationenvironments');
const request = { namespace: 'default', name: 'paint' };
const entityPage = `/catalog/${request.namespace}/component/${request.name}.application-environment`;
const cards = '[data-phase]:has(h3)';

/** The demo: how soon a request's page shows its last card, and how much its cards move while they come. */
export async function measureEntityPage(browser: Browser, demo: Demo): Promise<Row[]> {
  const kube = await connect({ file: demo.kubeconfig });
  try {
    const spec = { team: 'shop', size: 'small' };
    await kube.create<DynamicObject>(environments, { apiVersion: 'example.kratix-ts.dev/v1alpha1', kind: 'ApplicationEnvironment', metadata: { ...request }, spec });
    const { page } = await openPage(browser, demo.portal);
    await until('the entity', async () => {
      await page.goto(entityPage);
      await page.waitForLoadState('networkidle');
      return (await page.locator(cards).count()) > 0 ? true : undefined;
    });
    await page.locator(`${cards}[data-phase="Ready"]`).first().waitFor();
    const times: number[] = [];
    for (let count = 0; count < REPEATS; count += 1) times.push(await navigation(page));
    return [
      atMost('paint', `in-app navigation to a request's page → last card painted, median of ${REPEATS}`, median(times) / 1_000, 's', 1),
      atMost('shift', 'layout shift of the cards', await shift(page), '', 0.05),
    ];
  } finally {
    await kube.close();
  }
}

/** From the Kratix page by its link; milliseconds until both cards are drawn and the frame is over. */
async function navigation(page: Page): Promise<number> {
  await page.goto('/kratix/requests');
  const link = `[data-request="${request.name}"] a`;
  await page.locator(link).first().waitFor();
  return page.evaluate<number>(`new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the cards did not come in 30 s')), 30_000);
    const began = performance.now();
    const isWhole = () => document.querySelector('${cards}') && document.querySelector('table tr[data-phase]');
    const observer = new MutationObserver(() => {
      if (!isWhole()) return;
      observer.disconnect();
      clearTimeout(timer);
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
    });
    observer.observe(document.body, { subtree: true, childList: true });
    document.querySelector('${link}').click();
  })`);
}

/** Of what stands in our cards, from the load of the page until it rests. */
async function shift(page: Page): Promise<number> {
  await page.addInitScript(`
    window.shift = 0;
    new PerformanceObserver(list => {
      for (const entry of list.getEntries()) {
        const ours = entry.sources.some(({ node }) => (node?.closest ? node : node?.parentElement)?.closest('[data-phase]'));
        if (ours && !entry.hadRecentInput) window.shift += entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  `);
  await page.goto(entityPage);
  await page.locator(cards).first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(2_000);
  return page.evaluate<number>('window.shift');
}
