import type { Page } from 'playwright-core';
import { picture } from './browser';

/** What a page shows, for the words of a failure; and a picture of it. */
async function witness(page: Page, name: string): Promise<string> {
  try {
    await picture(page, name);
    const text = await page.locator('body').innerText();
    return `${page.url()} shows:\n${text.replace(/\n{2,}/g, '\n').slice(0, 3000)}`;
  } catch (error) {
    return `What the page shows cannot be told: ${error}`;
  }
}

/**
 * The steps of one journey. Each needs those before it, so they do not even begin when one has failed; a failure tells
 * what the page showed. `name` is that of the picture.
 */
export function stepsOf(name: string, page: () => Page): (title: string, walk: () => Promise<void>) => void {
  let broken: string | undefined;
  return (title, walk) => {
    test(title, async () => {
      if (broken) throw new Error(`The journey ended where it "${broken}"`);
      broken = title;
      try {
        await walk();
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        throw new Error(`${words}\n\n${await witness(page(), `${name}-failed`)}`, { cause: error });
      }
      broken = undefined;
    });
  };
}
