import { openBrowser } from '../e2e/support/browser';
import { startDemo } from '../e2e/support/demo';
import { startGallery } from '../e2e/support/gallery';
import { measureLive } from './demo';
import { measureAll, type Measurement } from './measurement';
import { atMost, median, report, type Row } from './table';
import { measureBundle } from './uiBundle';
import { measureLog, measureMemory, measureTable } from './uiPages';
import { measureEntityPage } from './uiPortal';

const present = () => undefined;

/** The whole portal in Chromium, on a cluster. */
async function measurePortal(): Promise<Row[]> {
  const demo = await startDemo();
  const browser = await openBrowser();
  try {
    const page = await measureEntityPage(browser, demo);
    const live = await measureLive(demo);
    return [...page, atMost('live', `state change in the API → pixels, median of ${live.length}`, median(live) / 1_000, 's', 1)];
  } finally {
    await browser.close();
    await demo.stop();
    await demo.remove();
  }
}

/** The pages alone, with a backend in the page, as large and as busy as it has to be. */
function measureInGallery(measure: typeof measureTable): () => Promise<Row[]> {
  return async () => {
    const gallery = await startGallery('gallery-bench');
    const browser = await openBrowser();
    try {
      return [await measure(browser, gallery)];
    } finally {
      await browser.close();
      await gallery.stop();
    }
  };
}

const measurements: Measurement[] = [
  { ids: ['js'], missing: present, measure: async () => [await measureBundle()] },
  { ids: ['table'], missing: present, measure: measureInGallery(measureTable) },
  { ids: ['log'], missing: present, measure: measureInGallery(measureLog) },
  { ids: ['memory'], missing: present, measure: measureInGallery(measureMemory) },
  { ids: ['paint', 'shift', 'live'], missing: present, measure: measurePortal },
];

async function main() {
  const wanted = process.argv.slice(2);
  const chosen = measurements.filter(({ ids }) => wanted.length === 0 || ids.some(id => wanted.includes(id)));
  report('ui', await measureAll(chosen));
}

main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
