import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { phases } from '@kratix-ts/backstage-plugin-kratix-common';
import { galleryStates } from '../plugins/kratix-frontend/dev/states';
import { barriers, emptyPictures, openBrowser } from './support/browser';
import { type Gallery, startGallery } from './support/gallery';
import { inHighContrast } from './support/highContrast';
import { inAllLooks, themes, tooWide, widths } from './support/looks';

const region = '[data-kratix]';
/** Pictures of docs/portal.md: taken anew where KRATIX_IMAGES is set. */
const documented = ['status', 'pipelines-failed', 'pipelines-compared', 'delivery-ready', 'manage-ready', 'request', 'requests', 'promises', 'promise', 'destinations', 'stores', 'search', 'home'];
const images = process.env.KRATIX_IMAGES ? join(__dirname, '../docs/images') : undefined;

let gallery: Gallery;
let browser: Browser;
let folder: string;
let page: Page;

beforeAll(async () => {
  folder = emptyPictures('states');
  gallery = await startGallery('gallery');
  browser = await openBrowser();
  const context = await browser.newContext({
    baseURL: gallery.url,
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(20_000);
  page = await context.newPage();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await gallery?.stop();
});

const shoot = (name: string) => page.screenshot({ path: join(folder, `${name}.jpeg`), fullPage: true, type: 'jpeg', quality: 70 });

describe('every state of the pages, in every width and theme', () => {
  test.each(galleryStates.map(state => [state.name, state] as const))('%s', async (name, { path, waitFor }) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(path);
    await page.locator(waitFor).first().waitFor();
    const found: string[] = [];
    await inAllLooks(page, waitFor, async look => {
      await shoot(`${name}-${look}`);
      if (images && look === 'light-1280' && documented.includes(name)) {
        await page.screenshot({ path: join(images, `portal-${name}.jpeg`), type: 'jpeg', quality: 60 });
      }
      found.push(...(await tooWide(page, region)).map(what => `${look}: wider than the page: ${what}`));
      if (look.endsWith('1280')) found.push(...(await barriers(page, region)).map(what => `${look}: ${what}`));
    });
    expect(found).toEqual([]);
  });
});

/** What says something by shape and colour, and the least of boxes that it is painted with. */
const drawn: Record<string, number> = {
  status: 20,
  'pipelines-running': 8,
  'pipelines-compared': 8,
  'pipelines-earlier-files': 8,
  'delivery-ready': 0,
  'delivery-drifted': 0,
  'requests-filtered': 0,
  promise: 0,
};

describe('high contrast', () => {
  afterAll(() => page.emulateMedia({ forcedColors: 'none', colorScheme: 'light', reducedMotion: 'reduce' }));

  test.each(Object.entries(drawn))('leaves nothing out of %s', async (name, least) => {
    const { path, waitFor } = galleryStates.find(state => state.name === name)!;
    await page.emulateMedia({ forcedColors: 'none', colorScheme: 'dark', reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(path);
    await page.locator('[data-theme-mode="dark"]').first().waitFor({ state: 'attached' });
    await page.locator(waitFor).first().waitFor();
    if (name.startsWith('delivery')) await page.locator(`${region} button[aria-pressed]:visible`).last().click();
    const { painted, faults } = await inHighContrast(page, region, async () => void (await shoot(`${name}-contrast`)));
    expect(faults).toEqual([]);
    expect(painted).toBeGreaterThanOrEqual(least);
  });
});

/** The cards have a heading; the steps in them have a phase too. */
const cards = `${region} [data-phase]:has(h3)`;

describe('the phases of the table of words', () => {
  beforeAll(async () => {
    await page.goto('/');
    await page.locator(`${region} [data-phase]`).first().waitFor();
  });

  test('each have a card among the recorded states', async () => {
    const shown = await page.locator(cards).evaluateAll(all => all.map(card => card.getAttribute('data-phase')));
    expect([...new Set(shown)].sort()).toEqual([...phases].sort());
  });

  test('each have a picture in every width and theme', async () => {
    const taken: string[] = [];
    await inAllLooks(page, cards, async look => {
      for (const phase of phases) {
        const path = join(folder, `phase-${phase}-${look}.jpeg`);
        await page.locator(`${cards}[data-phase="${phase}"]`).first().screenshot({ path, type: 'jpeg', quality: 70 });
        taken.push(path);
      }
    });
    expect(taken).toHaveLength(phases.length * widths.length * themes.length);
  });
});
