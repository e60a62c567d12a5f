import type { Page } from 'playwright-core';
import { atRest, barriers, picture } from './browser';

export const themes = ['light', 'dark'] as const;
/** A phone's, and a desk's. Pixels. */
export const widths = [360, 1280];

/**
 * Every width in every theme, without loading the page anew; `shown` is what stands there when it is drawn. `open` shows
 * what a change of theme closes, such as a dialog.
 */
export async function inAllLooks(page: Page, shown: string, look: (name: string) => Promise<void>, open?: () => Promise<void>): Promise<void> {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.locator(`[data-theme-mode="${theme}"]`).first().waitFor({ state: 'attached' });
    await open?.();
    // another theme draws the page anew
    await page.locator(shown).first().waitFor();
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.mouse.move(width / 2, 2);
      await atRest(page);
      await look(`${theme}-${width}`);
    }
  }
}

/**
 * Names of what is in a region and wider than the page, once it has got used to its width; a page must not scroll
 * sideways. Tabs that do not fit go into a menu a moment after the page has become narrow.
 */
export async function tooWide(page: Page, region: string): Promise<string[]> {
  const found = wideIn(region);
  await page.waitForFunction(`${found}.length === 0`, undefined, { timeout: 10_000 }).catch(() => undefined);
  return page.evaluate<string[]>(found);
}

const wideIn = (region: string) =>
  `(() => {
    const most = document.documentElement.clientWidth + 1;
    const isForEars = element => Boolean(element) && (getComputedStyle(element).clipPath !== 'none' || isForEars(element.parentElement));
    return [...document.querySelectorAll(${JSON.stringify(`${region} *`)})]
      .filter(element => element.getBoundingClientRect().right > most && !element.closest('pre, [data-scrolls], [aria-hidden=true]') && !isForEars(element))
      .map(element => element.tagName + ' ' + element.textContent.slice(0, 60))
      .slice(0, 5);
  })()`;

/** Takes a picture in every look, and answers with what a customer must not meet: barriers, and what is wider than the page. */
export async function faults(page: Page, name: string, region: string, open?: () => Promise<void>): Promise<string[]> {
  const found: string[] = [];
  await inAllLooks(page, region, async look => {
    await picture(page, `${name}-${look}`);
    found.push(...(await tooWide(page, region)).map(what => `${look}: wider than the page: ${what}`));
    if (look.endsWith(`-${widths[1]}`)) found.push(...(await barriers(page, region)).map(what => `${look}: ${what}`));
  }, open);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1366, height: 900 });
  return found;
}
