import type { Browser, CDPSession, Page } from 'playwright-core';
import type { Gallery } from '../e2e/support/gallery';
import { atMost, type Row } from './table';

const UPDATES = 3_600;
const ROUNDS = 10;

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
  for (let round = 0; round < ROUNDS; round += 1) for (const click of clicks) times.push(await timed(page, click));
  await page.context().close();
  times.sort((a, b) => a - b);
  return atMost('table', '10,000 requests: filter, sort, page, p95', times[Math.floor(times.length * 0.95)], 'ms', 100);
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
  await page.waitForTimeout(3_000);
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
  const search = page.locator('[role=searchbox], input[type=search]').first();
  if ((await search.count()) > 0) {
    await search.pressSequentially('manifest 97', { delay: 40 });
    await page.waitForTimeout(1_000);
  }
  const tasks = await page.evaluate<number[]>('window.longTasks');
  await page.context().close();
  const longest = tasks.length > 0 ? `, the longest ${Math.round(Math.max(...tasks))} ms` : '';
  return atMost('log', `50,000 lines: tasks over 50 ms while scrolling and searching${longest}`, tasks.length, 'tasks', 0);
}

/** The Kratix page while 3,600 changes arrive in 120 s: growth of the heap, rubbish taken out. */
export async function measureMemory(browser: Browser, gallery: Gallery): Promise<Row> {
  const page = await open(browser, gallery, '/kratix/requests?scenario=busy', '[data-request]');
  const session = await page.context().newCDPSession(page);
  const changes = () => page.evaluate<number>('Number(document.documentElement.dataset.changes)');
  await page.waitForTimeout(5_000);
  const before = await heap(session);
  const until = (await changes()) + UPDATES;
  while ((await changes()) < until) await page.waitForTimeout(500);
  const after = await heap(session);
  await page.context().close();
  return atMost('memory', `${UPDATES} updates: growth of the heap from ${Math.round(before / 1e6)} MB`, (after / before - 1) * 100, '%', 10);
}

async function heap(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}
