import type { Page } from 'playwright-core';
import { until } from './until';

const selector = '[data-phase]';

/** Opens the page of a request as soon as the catalog has its entity. */
export async function untilCard(page: Page, entityPage: string): Promise<void> {
  await until(`the card on ${entityPage}`, async () => {
    await page.goto(entityPage);
    await page.waitForLoadState('networkidle');
    return (await page.locator(selector).count()) > 0 ? true : undefined;
  });
}

/** Waits until the card says so, of itself: nothing reloads the page. */
export async function untilPhase(page: Page, wanted: string): Promise<void> {
  let last: string | null = null;
  await until(`the phase ${wanted} on the card`, async () => {
    last = await page.locator(selector).first().getAttribute('data-phase');
    return last === wanted ? true : undefined;
  });
}

/** Writes down, in the page itself, each phase that the card shows from now on; the answer asks for the list. */
export async function recordPhases(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(`
    window.recordedPhases = [];
    const note = () => {
      const phase = document.querySelector('${selector}')?.getAttribute('data-phase');
      if (phase && window.recordedPhases.at(-1) !== phase) window.recordedPhases.push(phase);
    };
    note();
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributeFilter: ['data-phase'] });
  `);
  return () => page.evaluate<string[]>('window.recordedPhases');
}
