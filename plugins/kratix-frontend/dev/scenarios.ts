import { NotAllowedError } from '@backstage/errors';
import { FakeKratix } from '../src/fixtures/fakeKratix';
import { FakeSignals } from '../src/fixtures/fakeSignals';
import { aPlatform, manyRequests } from '../src/fixtures/platform';
import { aRequest } from '../src/fixtures/requests';
import { runContents } from '../src/fixtures/runContents';

/** What tells the pages of changes. */
export const signals = new FakeSignals();

const never = () => new Promise<never>(() => {});

/** Backends for the pages of the platform; the address chooses one: /kratix/requests?scenario=empty */
const scenarios: Record<string, (fake: FakeKratix) => void> = {
  full: () => {},
  empty: fake => {
    fake.platform = { ...fake.platform, clusters: fake.platform.clusters.slice(0, 1), promises: [], details: [], destinations: [], stores: [], requests: [] };
    fake.state = undefined;
  },
  loading: fake => Object.assign(fake, { requests: never, promises: never, promise: never, destinations: never, stores: never }),
  denied: fake => {
    fake.error = new NotAllowedError('Unauthorized');
  },
  failed: fake => {
    fake.error = new Error('upstream connect error or disconnect/reset before headers');
  },
  /** Answers once, then no more. */
  stale: fake => {
    setTimeout(() => {
      fake.error = new Error('Failed to fetch');
      window.dispatchEvent(new Event('online'));
    }, 1_500);
  },
  many: fake => {
    fake.platform = { ...fake.platform, clusters: fake.platform.clusters.slice(0, 1), requests: manyRequests(10_000) };
  },
  /** A log of 50,000 lines. */
  log: fake => {
    fake.logPieces = Array.from({ length: 50_000 }, (_, line) => `${line} \u001b[32mapplied\u001b[0m manifest ${line % 977} of the environment shop-staging\n`);
  },
  /** Thirty changes in a second, without end. */
  busy: fake => {
    let change = 0;
    setInterval(() => {
      const { requests } = fake.platform;
      const index = change % requests.length;
      const summary = aRequest(change % 2 === 0 ? 'running' : 'ready').summary;
      fake.platform.requests = requests.map((request, place) => (place === index ? { ...request, summary } : request));
      change += 1;
      document.documentElement.dataset.changes = String(change);
      signals.send({ cluster: 'local', refs: [`x.example.org/team-a/change-${change}`] });
    }, 1_000 / 30);
  },
};

/** The backend that the address of the page asks for. */
export function chosenBackend(): FakeKratix {
  const fake = new FakeKratix(aRequest('running'));
  fake.platform = aPlatform();
  fake.runs = runContents;
  const name = new URLSearchParams(window.location.search).get('scenario') ?? 'full';
  scenarios[name]?.(fake);
  return fake;
}
