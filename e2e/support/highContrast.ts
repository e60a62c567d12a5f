import type { Page } from 'playwright-core';

/**
 * Marks what a picture is made of: empty boxes that only their colour lets anybody see. Not what stands for an answer that is
 * on its way, which says so in words, nor the line below a tab, which has to look selected by itself.
 */
const MARK = (region: string) => `(() => {
  const isPainted = style => style.backgroundColor !== 'rgba(0, 0, 0, 0)' || style.backgroundImage !== 'none';
  for (const element of document.querySelectorAll(${JSON.stringify(`${region} *`)})) {
    const { width, height } = element.getBoundingClientRect();
    const isBox = width > 0 && height > 0 && element.childElementCount === 0 && !element.textContent && !element.closest('svg, input, [role=status], .bui-TabListWrapper');
    if (isBox && isPainted(getComputedStyle(element))) element.setAttribute('data-was-painted', '');
  }
  return document.querySelectorAll('[data-was-painted]').length;
})()`;

const NAME = `const nameOf = element => [element.tagName, ...[...element.attributes].filter(({ name }) => name.startsWith('data-') || name.startsWith('aria-')).map(({ name, value }) => name + '=' + value), element.textContent.slice(0, 40)].join(' ');`;

/** Names of marked boxes that nothing sets off from the page. */
const VANISHED = `(() => {
  ${NAME}
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.cssText = 'background: Canvas; forced-color-adjust: none';
  const canvas = getComputedStyle(probe).backgroundColor;
  probe.remove();
  const isSeen = style =>
    (style.backgroundColor !== canvas && style.backgroundColor !== 'rgba(0, 0, 0, 0)') ||
    (style.forcedColorAdjust === 'none' && style.backgroundImage !== 'none') ||
    parseFloat(style.borderTopWidth) > 0 || parseFloat(style.borderLeftWidth) > 0;
  return [...document.querySelectorAll('[data-was-painted]')].filter(element => !isSeen(getComputedStyle(element))).map(nameOf);
})()`;

/** Names of what is selected and looks like what is not. */
const ALIKE = (region: string) => `(() => {
  ${NAME}
  const LOOKS = ['color', 'backgroundColor', 'outlineStyle', 'outlineColor', 'borderTopColor', 'fontWeight', 'textDecorationLine'];
  const lookOf = element => { const style = getComputedStyle(element); return LOOKS.map(name => style[name]).join(); };
  // A row that is selected says it for what is in it.
  const isExcused = element => Boolean(element.parentElement?.closest('[data-selected]'));
  const SELECTED = ['aria-pressed', 'aria-current', 'data-selected'];
  const isSelected = (element, name) => element.hasAttribute(name) && element.getAttribute(name) !== 'false';
  return SELECTED.flatMap(name => {
    const chosen = [...document.querySelectorAll(${JSON.stringify(region)} + ' [' + name + ']')].filter(element => isSelected(element, name) && !isExcused(element));
    return chosen.filter(element => {
      const others = [...document.querySelectorAll(${JSON.stringify(region)} + ' ' + element.tagName.toLowerCase() + '.' + CSS.escape(element.classList[0] ?? 'none'))];
      return others.some(other => !isSelected(other, name) && lookOf(other) === lookOf(element));
    }).map(nameOf);
  });
})()`;

/**
 * Of a page in the dark theme: how many boxes a region is painted with, and what of it cannot be seen, or told from
 * others, in high contrast.
 */
export async function inHighContrast(page: Page, region: string, look: () => Promise<void>): Promise<{ painted: number; faults: string[] }> {
  const painted = await page.evaluate<number>(MARK(region));
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark', reducedMotion: 'reduce' });
  await look();
  const marked = await page.locator('[data-was-painted]').count();
  if (marked !== painted) throw new Error(`${painted} boxes were there, and now ${marked} are: the page was drawn anew meanwhile`);
  const vanished = await page.evaluate<string[]>(VANISHED);
  const alike = await page.evaluate<string[]>(ALIKE(region));
  return { painted, faults: [...vanished.map(name => `not seen: ${name}`), ...alike.map(name => `looks like the others: ${name}`)] };
}
