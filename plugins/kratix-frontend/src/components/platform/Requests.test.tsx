import { renderTestApp } from '@backstage/frontend-test-utils';
import { NotAllowedError } from '@backstage/errors';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { kratixApiRef } from '../../apis/KratixApi';
import { FakeKratix } from '../../fixtures/fakeKratix';
import { FakeSignals } from '../../fixtures/fakeSignals';
import { aCluster, aPlatform, aSummary } from '../../fixtures/platform';
import { aRequest } from '../../fixtures/requests';
import { kratixPlugin } from '../../plugin';

const now = new Date();
const { requests } = aPlatform(now);
const total = requests.length;
const failed = requests.filter(({ summary }) => summary.phase === 'Failed').length;

async function open(path = '/kratix', prepare: (fake: FakeKratix) => void = () => {}) {
  const fake = new FakeKratix();
  fake.platform = aPlatform(now);
  prepare(fake);
  const signals = new FakeSignals();
  const rendered = renderTestApp({
    features: [kratixPlugin],
    apis: [[kratixApiRef, fake], [signalApiRef, signals]],
    initialRouteEntries: [path],
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
  });
  return { fake, signals, ...rendered };
}
const table = () => screen.findByRole('table', { name: 'Requests' });
const names = (element: HTMLElement) =>
  [...element.querySelectorAll('[data-request]')].map(row => row.getAttribute('data-request'));
const count = (phase: string) => screen.findByRole('button', { name: new RegExp(`^\\d+ ?${phase}$`) });

describe('the requests of the Kratix page', () => {
  it('come with counts, what needs somebody, and a page of the table', async () => {
    await open();
    const rows = names(await table());
    expect(rows).toHaveLength(25);
    expect(await count('Failed')).toHaveTextContent(String(failed));
    expect(await screen.findByRole('heading', { name: 'Needs attention' })).toBeInTheDocument();
    expect(screen.getByText(`1–25 of ${total}`)).toBeInTheDocument();
    expect(screen.getByText(/Cluster edge is not reachable since/)).toBeInTheDocument();
  });

  it('lead to the entities that the catalog has of them, and to a page by themselves where it has none', async () => {
    const [known, unknown] = [aSummary(1, 'ready', now, { cluster: 'edge' }), { ...aSummary(2, 'ready', now), entityRef: undefined }];
    await open('/kratix/requests', fake => {
      fake.platform = { ...fake.platform, requests: [known, unknown] };
    });
    const { name, namespace, promise } = known;
    const link = within(await table()).getByRole('link', { name: new RegExp(name) });
    expect(link).toHaveAttribute('href', `/catalog/${namespace}/component/${name}.${promise}_edge`);
    const { cluster, group, version, plural } = unknown;
    const alone = within(await table()).getByRole('link', { name: new RegExp(unknown.name) });
    expect(alone).toHaveAttribute('href', `/kratix/requests/${cluster}/${group}/${version}/${plural}/${unknown.namespace}/${unknown.name}`);
  });

  it('are filtered by a phase that is chosen, and all come back', async () => {
    const user = userEvent.setup();
    await open();
    const filter = await count('Failed');
    await user.click(filter);
    await waitFor(async () => expect(names(await table())).toHaveLength(failed));
    expect(filter).toHaveAttribute('aria-pressed', 'true');
    expect(screen.queryByRole('heading', { name: 'Needs attention' })).not.toBeInTheDocument();
    expect(screen.getByText(`${failed} requests`)).toHaveAttribute('role', 'status');
    await user.click(screen.getByRole('button', { name: 'Clear filters' }));
    await waitFor(async () => expect(names(await table())).toHaveLength(25));
  });

  it('are filtered by all of what is chosen one after the other', async () => {
    const { fake } = await open();
    const [first, second, rows] = [await count('Failed'), await count('Running'), await table()];
    fireEvent.click(first);
    fireEvent.click(second);
    const wanted = requests.filter(({ summary }) => ['Failed', 'Running'].includes(summary.phase)).map(({ name }) => name);
    await waitFor(() => expect(names(rows).sort()).toEqual(wanted.sort()), { timeout: 60_000 });
    expect([...(fake.queries.at(-1)?.phase ?? [])].sort()).toEqual(['Failed', 'Running']);
  }, 120_000);

  it('are those that the address asks for', async () => {
    const { fake } = await open('/kratix/requests?offer=postgresql&phase=Ready&sort=name&order=desc&text=production');
    const rows = names(await table());
    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toEqual([...rows].sort().reverse());
    expect(rows.every(name => name?.includes('production'))).toBe(true);
    expect(fake.queries[0]).toEqual({
      promise: ['postgresql'], phase: ['Ready'], text: 'production', sort: 'name', order: 'desc', limit: 25, offset: 0,
    });
    expect(screen.getByRole('searchbox', { name: 'Search requests' })).toHaveValue('production');
    expect(screen.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'descending');
  });

  it('are found by typing, asked once when the typing rests', async () => {
    const user = userEvent.setup();
    const { fake } = await open();
    await table();
    const before = fake.queries.length;
    await user.type(screen.getByRole('searchbox'), 'right-to');
    await waitFor(async () => expect(names(await table())).toEqual(['right-to-left']));
    expect(fake.queries.length).toBeLessThan(before + 4);
  });

  it('turn over to the next page', async () => {
    const user = userEvent.setup();
    await open();
    const first = names(await table());
    await user.click(screen.getByRole('button', { name: 'Next page' }));
    expect(await screen.findByText(`26–${Math.min(50, total)} of ${total}`)).toBeInTheDocument();
    expect(names(await table())).not.toEqual(first);
  });

  it('change in place when a signal tells of them, and keep the focus', async () => {
    const { fake, signals } = await open();
    const before = names(await table());
    const button = screen.getByRole('button', { name: 'Namespace' });
    button.focus();
    const [running] = fake.platform.requests.filter(({ summary }) => summary.phase === 'Queued');
    fake.platform.requests = fake.platform.requests.map(request =>
      request === running ? { ...request, summary: aRequest('failed', now).summary } : request,
    );
    act(() => signals.send({ cluster: 'local', refs: ['x.y/a/b'] }));
    await waitFor(async () => expect(await count('Failed')).toHaveTextContent(String(failed + 1)));
    expect(names(await table())).toEqual(before);
    expect(document.querySelector(`[data-request="${running.name}"]`)).toHaveAttribute('data-row-phase', 'Failed');
    expect(button).toHaveFocus();
  });

  it('show who asked and what is said as text, whatever it holds', async () => {
    await open('/kratix/requests?text=script');
    const row = within(await table()).getAllByRole('row')[1];
    expect(row).toHaveTextContent('<script>alert(1)</script>');
  });

  it.each<[string, (fake: FakeKratix) => void, RegExp]>([
    ['nothing was ever requested', fake => Object.assign(fake.platform, { requests: [] }), /Nothing has been requested yet\./],
    ['one may not see them', fake => Object.assign(fake, { error: new NotAllowedError('no') }), /You may not see this/],
    ['the backend fails', fake => Object.assign(fake, { error: new Error('the words of the server') }), /could not be loaded: the words of the server/],
  ])('say so when %s', async (_, prepare, text) => {
    await open('/kratix/requests', prepare);
    expect(await screen.findByText(text)).toBeInTheDocument();
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
  });

  it('offer to take the filters away when nothing matches', async () => {
    const user = userEvent.setup();
    await open('/kratix/requests?text=nothing-has-this-name');
    expect(await screen.findByText('No request matches these filters.')).toBeInTheDocument();
    const [first] = screen.getAllByRole('button', { name: 'Clear filters' });
    await user.click(first);
    expect(names(await table())).toHaveLength(25);
  });

  it('stay with their age when a later call fails', async () => {
    const { fake, signals } = await open();
    await table();
    fake.error = new Error('Failed to fetch');
    act(() => signals.send({ cluster: 'local', refs: ['x.y/a/b'] }));
    expect(await screen.findByText(/Not up to date: Failed to fetch/)).toBeInTheDocument();
    expect(names(await table())).toHaveLength(25);
  });

  it('have nothing that a screen reader or a keyboard stumbles over', async () => {
    const { container } = await open('/kratix/requests', fake => {
      fake.platform.clusters = [aCluster()];
      fake.platform.requests = fake.platform.requests.slice(0, 5).concat(aSummary(9, 'stuck', now));
    });
    await table();
    const page = container.querySelector('[data-kratix]');
    if (!page) throw new Error('The page is not there');
    const { violations } = await axe.run(page, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
  }, 60_000);
});
