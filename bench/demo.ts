import { readFileSync } from 'node:fs';
import { WorkflowRun, type WorkflowRunObject } from '@kratix-ts/core/api';
import { connect, createCache, typeOf, type DynamicObject } from '@kratix-ts/core/kube';
import { openBrowser, openPage } from '../e2e/support/browser';
import { startDemo, type Demo } from '../e2e/support/demo';
import { until } from '../e2e/support/until';
import { atMost, median, type Row } from './table';

const REPEATS = 10;
const environments = typeOf('example.kratix-ts.dev/v1alpha1', 'ApplicationEnvironment', 'applicationenvironments');
const request = { namespace: 'default', name: 'bench' };

/** The whole demo: how soon a card shows what the API says, and how much memory all of it takes. */
export async function measureDemo(): Promise<Row[]> {
  const demo = await startDemo();
  try {
    const live = await measureLive(demo);
    return [
      atMost('live', `state change in the API → pixels on the card, median of ${REPEATS}`, median(live) / 1_000, 's', 1),
      atMost('memory', 'whole demo, resident', residentMegabytes(demo.children()), 'MB', 900),
    ];
  } finally {
    await demo.stop();
    await demo.remove();
  }
}

/** Milliseconds from the moment that a watch tells of a run to the moment that the card shows it. */
export async function measureLive(demo: Demo): Promise<number[]> {
  const kube = await connect({ file: demo.kubeconfig });
  const cache = createCache(kube);
  const runs = cache.informer<WorkflowRunObject>(WorkflowRun.type);
  const browser = await openBrowser();
  try {
    await kube.create<DynamicObject>(environments, { apiVersion: 'example.kratix-ts.dev/v1alpha1', kind: 'ApplicationEnvironment', metadata: { ...request }, spec: { team: 'shop', size: 'small' } });
    const { page } = await openPage(browser, demo.portal);
    await page.goto('/catalog');
    const card = page.locator('[data-phase]').first();
    await until('the entity', async () => {
      await page.goto(`/catalog/${request.namespace}/component/${request.name}.application-environment`);
      await page.waitForLoadState('networkidle');
      return (await card.count()) > 0 ? true : undefined;
    }, 60_000);
    const phase = (wanted: string) => until(`the phase ${wanted}`, async () => ((await card.getAttribute('data-phase')) === wanted ? true : undefined), 60_000);
    await phase('Ready');
    await page.evaluate(`(() => {
      window.phases = [];
      const note = () => requestAnimationFrame(() => {
        const phase = document.querySelector('[data-phase]')?.getAttribute('data-phase');
        if (phase !== window.phases.at(-1)?.phase) window.phases.push({ phase, at: Date.now() });
      });
      new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-phase'] });
    })()`);
    const delays: number[] = [];
    for (let count = 0; count < REPEATS; count += 1) {
      await page.evaluate('window.phases = []');
      const began = nextRun(runs);
      await kube.patch(environments, request, { metadata: { labels: { 'kratix.io/manual-reconciliation': 'true' } } }, { kind: 'merge' });
      const at = await began;
      const shown = await until('the card to show the run', async () => {
        const phases = (await page.evaluate('window.phases')) as { phase: string; at: number }[];
        return phases.find(each => each.phase === 'Running')?.at;
      });
      delays.push(Math.max(0, shown - at));
      await phase('Ready');
    }
    return delays;
  } finally {
    await browser.close();
    await cache.stop();
    await kube.close();
  }
}

/** When the next run's first pipeline runs, as a watch tells it. */
function nextRun(runs: { onChange(handler: (event: { type: string; object: WorkflowRunObject; initial?: boolean }) => void): () => void }): Promise<number> {
  const known = new Date(Date.now() - 1_000).toISOString();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no run began within 30 s')), 30_000);
    const stop = runs.onChange(({ object }) => {
      if (object.spec.target.name !== request.name || object.status?.phase !== 'Running' || (object.metadata.creationTimestamp ?? '') < known) return;
      clearTimeout(timer);
      queueMicrotask(() => stop());
      resolve(Date.now());
    });
  });
}

/** Resident memory of the processes and all that they started. */
function residentMegabytes(pids: number[]): number {
  let kilobytes = 0;
  for (const pid of withDescendants(pids)) {
    try {
      kilobytes += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      // it has ended
    }
  }
  return kilobytes / 1_024;
}

function withDescendants(pids: number[]): number[] {
  return pids.flatMap(pid => {
    try {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
      return [pid, ...withDescendants(children)];
    } catch {
      return [pid];
    }
  });
}
