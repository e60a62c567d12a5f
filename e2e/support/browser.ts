import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { patience } from './until';

const screenshots = join(__dirname, '../screenshots');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What makes Chromium run without a desktop, a GPU, a user of its own, and calls to its maker. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Takes away the pictures that a folder has from before; each suite has its own. */
export function emptyPictures(folder = ''): string {
  const path = join(screenshots, folder);
  mkdirSync(path, { recursive: true });
  for (const name of readdirSync(path)) if (/\.(png|jpeg)$/.test(name)) rmSync(join(path, name));
  return path;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
}

export interface Visit {
  page: Page;
  /** What the pages complained about: errors on the console and failed scripts. */
  complaints: string[];
  /** How often a page was loaded, reloads included. */
  loads(): number;
}

export async function openPage(browser: Browser, baseURL: string): Promise<Visit> {
  const context = await browser.newContext({
    baseURL,
    viewport: { width: 1366, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const complaints: string[] = [];
  let loads = 0;
  page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(error.message));
  page.on('load', () => {
    loads += 1;
  });
  return { page, complaints, loads: () => loads };
}

/** A picture of the page for whoever looks at it later. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

interface AxeViolation {
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary?: string }[];
}

/** Once what moves because of a new width or theme, such as a menu that closes, has come to its end. */
export async function atRest(page: Page): Promise<void> {
  await page.waitForFunction('!document.getAnimations().some(animation => animation instanceof CSSTransition && animation.playState === "running")');
}

/** What keeps people from using a part of the page, in one line each. */
export async function barriers(page: Page, selector: string): Promise<string[]> {
  await page.evaluate(axeSource);
  // a colour on its way to another one has too little contrast
  await atRest(page);
  const violations = await page.evaluate<AxeViolation[], string>(
    `(selector => window.axe.run(selector, { resultTypes: ['violations'] }).then(result => result.violations))(${JSON.stringify(
      selector,
    )})`,
    selector,
  );
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id} (${help}): ${target.join(' ')}`));
}
