import type { Browser, CDPSession, Page } from 'playwright-core';
import type { Gallery } from '../e2e/support/gallery';
import { atMost, type Row } from './table';

const UPDATES = 3_600;
const UPDATES_PATIENCE_SECONDS = 360;
const ROUNDS = 10;
const LINES = 50_000;
const LINE_PX = 20;
const SEARCHED = 'manifest 97';
/** As many lines of the scenario `log` hold the text. */
const FOUND = Array.from({ length: LINES }, (_, line) => line % 977).filter(manifest => `manifest ${manifest}`.startsWith(SEARCHED)).length;

async function open(browser: Browser, gallery: Gallery, path: string, shown: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: gallery.url, viewport: { width: 1366, height: 900 }, locale: 'en-GB', timezoneId: 'UTC' });
  const page = await context.newPage();
  await page.goto(path);
  await page.locator(shown).first().waitFor();
  return page;
}

/** 10,000 requests: milliseconds from a click to the rows that it asks for, painted. */
export async function measureTable(browser: Browser, gallery: Gallery): Promise<Row> {
  const page = await open(browser, gallery, '/kratix/requests?scenario=many', '[data-request]');
  const session = await page.context().newCDPSession(page);
  const clicks = [
    '[data-phase-count="Failed"]',
    '[data-phase-count="Failed"]',
    'th[data-column="name"] button',
    'th[data-column="since"] button',
    'button[aria-label="Next page"]',
    'button[aria-label="Previous page"]',
    'th[data-column="phase"] button',
  ];
  const times: number[] = [];
  const busyBefore = await busySeconds(session);
  for (let round = 0; round < ROUNDS; round += 1) for (const click of clicks) times.push(await timed(page, click));
  const busy = ((await busySeconds(session)) - busyBefore) / times.length;
  await page.context().close();
  times.sort((a, b) => a - b);
  const what = `10,000 requests: ${times.length} times filter, sort, page, p95; each takes the page ${Math.round(busy * 1_000)} ms of a core`;
  return atMost('table', what, times[Math.floor(times.length * 0.95)], 'ms', 100);
}

/** How long the page's thread has computed, however busy the machine is with others. */
async function busySeconds(session: CDPSession): Promise<number> {
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}

/** Until the rows have changed and the frame that shows them is over. */
function timed(page: Page, selector: string): Promise<number> {
  return page.evaluate<number, string>(`(selector => new Promise((resolve, reject) => {
    const rows = () => [...document.querySelectorAll('[data-request]')].map(row => row.dataset.request).join() + document.querySelector('table')?.getAttribute('aria-busy') + location.search;
    const before = rows();
    const began = performance.now();
    const timer = setTimeout(() => reject(new Error('no other rows after ' + selector)), 10_000);
    const observer = new MutationObserver(() => {
      if (rows() === before || document.querySelector('table[data-old]')) return;
      observer.disconnect();
      clearTimeout(timer);
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    document.querySelector(selector).click();
  }))(${JSON.stringify(selector)})`, selector);
}

/** A log of 50,000 lines: how many tasks longer than 50 ms scrolling and searching take. */
export async function measureLog(browser: Browser, gallery: Gallery): Promise<Row> {
  const address = '/tab/failed?scenario=log&run=run-3&step=schedule-database&container=write-manifests';
  const page = await open(browser, gallery, address, '[role=log]');
  await page.waitForFunction(`document.querySelector('[role=log]').scrollHeight >= ${LINES * LINE_PX}`);
  await page.waitForTimeout(1_000);
  await page.evaluate(`
    window.longTasks = [];
    new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(entry => entry.duration))).observe({ type: 'longtask' });
  `);
  await page.evaluate(`(async () => {
    const log = document.querySelector('[role=log]');
    for (let step = 0; step <= 100; step += 1) {
      log.scrollTop = (log.scrollHeight * step) / 100;
      await new Promise(requestAnimationFrame);
    }
  })()`);
  await page.getByRole('searchbox').first().pressSequentially(SEARCHED, { delay: 40 });
  await page.locator('[role=search] [role=status]', { hasText: String(FOUND) }).waitFor();
  await page.waitForTimeout(1_000);
  const tasks = await page.evaluate<number[]>('window.longTasks');
  await page.context().close();
  const longest = tasks.length > 0 ? `, the longest ${Math.round(Math.max(...tasks))} ms` : '';
  return atMost('log', `${LINES} lines, a search with ${FOUND} finds: tasks over 50 ms while scrolling and searching${longest}`, tasks.length, 'tasks', 0);
}

/** The Kratix page while 3,600 changes arrive in 120 s: growth of the heap, rubbish taken out. */
export async function measureMemory(browser: Browser, gallery: Gallery): Promise<Row> {
  const page = await open(browser, gallery, '/kratix/requests?scenario=busy', '[data-request]');
  const session = await page.context().newCDPSession(page);
  const changes = () => page.evaluate<number>('Number(document.documentElement.dataset.changes)');
  await page.waitForTimeout(5_000);
  const before = await heap(session);
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1_000);
  const first = await changes();
  while ((await changes()) < first + UPDATES) {
    if (seconds() > UPDATES_PATIENCE_SECONDS) throw new Error(`Only ${(await changes()) - first} changes came in ${seconds()} s`);
    await page.waitForTimeout(500);
  }
  const after = await heap(session);
  await page.context().close();
  return atMost('memory', `${UPDATES} updates in ${seconds()} s: growth of the heap from ${(before / 1e6).toFixed(1)} MB`, (after / before - 1) * 100, '%', 10);
}

async function heap(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}
