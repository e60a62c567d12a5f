import { renderTestApp } from '@backstage/frontend-test-utils';
import { NotFoundError } from '@backstage/errors';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { kratixApiRef } from '../../apis/KratixApi';
import { FakeKratix } from '../../fixtures/fakeKratix';
import { FakeSignals } from '../../fixtures/fakeSignals';
import { aRequest } from '../../fixtures/requests';
import { kratixPlugin } from '../../plugin';

const { cluster, group, version, plural, namespace, name } = aRequest('running');
const address = `/kratix/requests/${cluster}/${group}/${version}/${plural}/${namespace}/${name}`;

function open(fake: FakeKratix, path = address) {
  const signals = new FakeSignals();
  const rendered = renderTestApp({
    features: [kratixPlugin],
    apis: [[kratixApiRef, fake], [signalApiRef, signals]],
    initialRouteEntries: [path],
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
  });
  return { signals, ...rendered };
}

describe('a request by itself', () => {
  it('shows what its entity page would, with tabs of its own', async () => {
    open(new FakeKratix(aRequest('failed')));
    expect(await screen.findByRole('heading', { level: 2, name })).toBeInTheDocument();
    expect(await screen.findByText('Failed')).toBeInTheDocument();
    const tabs = within(screen.getByRole('navigation', { name: 'About this request' })).getAllByRole('link');
    expect(tabs.map(tab => [tab.textContent, tab.getAttribute('href')])).toEqual([
      ['Overview', address],
      ['Pipelines', `${address}/pipelines`],
      ['Delivery', `${address}/delivery`],
      ['Manage', `${address}/manage`],
    ]);
    const logs = screen.getAllByRole('link').map(link => link.getAttribute('href')).filter(href => href?.includes('container='));
    expect(logs.length).toBeGreaterThan(0);
    expect(logs.every(href => href?.startsWith(`${address}/pipelines?`))).toBe(true);
    const { violations } = await axe.run('[data-kratix]', { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it('can be changed there', async () => {
    const user = userEvent.setup();
    open(new FakeKratix(aRequest('ready')));
    await user.click(await screen.findByRole('link', { name: 'Manage' }));
    expect(await screen.findByRole('link', { name: 'Manage', current: 'page' })).toHaveAttribute('href', `${address}/manage`);
    expect(await screen.findByRole('heading', { name: /Delete/ })).toBeInTheDocument();
  });

  it('leads to the catalog from the moment on that it is there', async () => {
    const fake = new FakeKratix({ ...aRequest('running'), entityRef: undefined });
    const { signals } = open(fake);
    expect(await screen.findByText('Running')).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Open in the catalog' })).not.toBeInTheDocument();
    fake.state = { ...aRequest('running'), entityRef: `component:${namespace}/${name}` };
    act(() => signals.send({ cluster, refs: [`${plural}.${group}/${namespace}/${name}`] }));
    expect(await screen.findByRole('link', { name: 'Open in the catalog' })).toHaveAttribute('href', `/catalog/${namespace}/component/${name}`);
  });

  it('says so when there is none of that name', async () => {
    const fake = new FakeKratix();
    fake.error = new NotFoundError('there is none');
    open(fake);
    expect((await screen.findAllByRole('alert'))[0]).toHaveTextContent('This request is gone');
    expect(within(screen.getAllByRole('alert')[0]).getByRole('link', { name: 'All requests' })).toHaveAttribute('href', '/kratix/requests');
  });
});
