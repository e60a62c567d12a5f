import { renderTestApp } from '@backstage/frontend-test-utils';
import { createTestEntityPage } from '@backstage/plugin-catalog-react/testUtils';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { annotationsOf } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from './apis/KratixApi';
import { FakeKratix } from './fixtures/fakeKratix';
import { FakeSignals } from './fixtures/fakeSignals';
import { pretendLayout } from './fixtures/layout';
import { aPlatform } from './fixtures/platform';
import { aRequest, identity, type FixtureName } from './fixtures/requests';
import { kratixPlugin } from './plugin';

const entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'shop-staging', annotations: annotationsOf(identity) },
  spec: { type: 'kratix-resource' },
};
const changed = { cluster: 'local', refs: ['environments.demo.example.org/team-a/shop-staging'] };

function open(name: FixtureName | undefined, options: { path?: string; extensions?: string[]; entity?: object } = {}) {
  const fake = new FakeKratix(name && aRequest(name));
  const signals = new FakeSignals();
  const names = options.extensions ?? ['entity-card:kratix/status', 'entity-card:kratix/pipelines'];
  const rendered = renderTestApp({
    extensions: [
      createTestEntityPage({ entity: { ...entity, ...options.entity } }),
      ...names.map(id => kratixPlugin.getExtension(id as 'entity-card:kratix/status')),
    ],
    apis: [[kratixApiRef, fake], [signalApiRef, signals]],
    initialRouteEntries: [options.path ?? '/'],
  });
  return { fake, signals, ...rendered };
}
const tab = ['entity-content:kratix/pipelines'];

describe('the cards of an entity page', () => {
  it('follow the request without a reload, with one call for both cards', async () => {
    const { fake, signals } = open('queued');
    expect(await screen.findByRole('heading', { name: 'Status: Queued' })).toBeInTheDocument();
    expect(await screen.findByText(/No run yet/)).toBeInTheDocument();
    expect(fake.calls).toBe(1);
    for (const [name, heading] of [['running', 'Running'], ['failed', 'Failed'], ['ready', 'Ready']] as const) {
      fake.state = aRequest(name);
      act(() => signals.send(changed));
      expect(await screen.findByRole('heading', { name: `Status: ${heading}` })).toBeInTheDocument();
    }
    expect(fake.calls).toBe(4);
  });

  it('show each container with state, duration and exit code', async () => {
    open('failed');
    const table = await screen.findByRole('table', { name: /Steps \(pipelines\)/ });
    const rows = within(table).getAllByRole('row').map(row => within(row).queryAllByRole('cell').map(cell => cell.textContent));
    const names = within(table).getAllByRole('rowheader').map(header => header.textContent);
    expect(names).toEqual(['validate', 'check-quota', 'pipeline-adapter', 'schedule-database', 'read', 'write-manifests', 'pipeline-adapter', 'announce']);
    expect(rows[6]).toEqual(['', 'exited with 1', '17 s']);
    expect(rows[4]).toEqual(['', 'failed · attempt 3', '26 s']);
    expect(rows[8]).toEqual(['', 'not started', '']);
  });

  it('keep the focus when the request changes', async () => {
    const user = userEvent.setup();
    const { fake, signals } = open('running', { extensions: tab });
    const button = await screen.findByRole('button', { name: 'Show the log of check-quota' });
    button.focus();
    await user.keyboard('{Enter}');
    fake.state = { ...aRequest('running'), promiseVersion: 'v1.3.0' };
    act(() => signals.send(changed));
    await waitFor(() => expect(fake.calls).toBe(2));
    expect(screen.getByRole('button', { name: 'Show the log of check-quota' })).toHaveFocus();
  });

  it('say that a request is gone', async () => {
    open(undefined, { extensions: ['entity-card:kratix/status'] });
    expect(await screen.findByRole('alert')).toHaveTextContent('This request is gone.');
  });

  it('stay away from other entities', async () => {
    open('ready', { entity: { metadata: { name: 'other' } } });
    expect(await screen.findByTestId('empty-entity-page')).toBeInTheDocument();
  });
});

describe('the pipelines tab', () => {
  let restore: () => void;
  beforeEach(() => {
    restore = pretendLayout();
  });
  afterEach(() => restore());

  it('lists the runs, and shows the one that the address names', async () => {
    open('failed', { extensions: tab, path: '/?run=run-1' });
    const runs = await screen.findByRole('navigation', { name: 'Runs' });
    expect(within(runs).getAllByRole('link').map(link => link.textContent)).toEqual([
      expect.stringMatching(/^Update.*32 s · failedby ana$/),
      expect.stringMatching(/^Create.*31 s · doneby ana$/),
      expect.stringMatching(/^Periodic check.*29 s · done$/),
    ]);
    expect(within(runs).getByRole('link', { current: true })).toHaveTextContent('Periodic check');
    expect(screen.queryByText('announce')).not.toBeInTheDocument();
  });

  it('opens the log of a container and follows it while it runs', async () => {
    const user = userEvent.setup();
    const { fake } = open('running', { extensions: tab });
    fake.holdsLog = true;
    await user.click(await screen.findByRole('button', { name: 'Show the log of write-manifests' }));
    const log = await screen.findByRole('log', { name: 'Log of write-manifests' });
    expect(fake.logQueries).toEqual([{ run: 'run-2', step: 'schedule-database', container: 'write-manifests', follow: true }]);
    await waitFor(() => expect(log).toHaveTextContent('warning: no default storage class'));
    expect(screen.getByRole('switch', { name: 'Follow' })).toBeChecked();
    act(() => fake.write('one more line\n'));
    await waitFor(() => expect(log).toHaveTextContent('one more line'));
    act(() => fake.endLog());
    await waitFor(() => expect(screen.queryByRole('switch', { name: 'Follow' })).not.toBeInTheDocument());
    await user.click(screen.getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('log')).not.toBeInTheDocument();
  });

  it('opens with the log that the address names, as text and nothing else', async () => {
    const { fake } = open('failed', { extensions: tab, path: '/?run=run-3&step=schedule-database&container=write-manifests' });
    fake.logPieces = ['<b>bold</b> \u001b[31mred\u001b[0m\n'];
    const log = await screen.findByRole('log');
    await waitFor(() => expect(log).toHaveTextContent('<b>bold</b> red'));
    expect(fake.logQueries[0].follow).toBe(false);
    expect(screen.getByText('red')).toHaveAttribute('data-colour', 'red');
  });

  it('compares two runs, and says so in the address', async () => {
    const user = userEvent.setup();
    open('failed', { extensions: tab });
    await user.click(await screen.findByRole('button', { name: 'Compare' }));
    const table = (await screen.findByRole('columnheader', { name: 'Difference' })).closest('table')!;
    const rows = within(table).getAllByRole('row').slice(1).map(row => row.textContent);
    expect(rows).toEqual([
      'validatedone4 sdone4 s±0 s',
      expect.stringMatching(/^schedule-database.*done22 sfailed26 s\+4 s$/),
      expect.stringMatching(/^announcedone4 snot started$/),
      'The whole rundone31 sfailed32 s+1 s',
    ]);
    expect(screen.getByText('What the two were given is not kept for both.')).toBeVisible();
  });

  it('runs again from a step that the newest run has reached', async () => {
    const user = userEvent.setup();
    const { fake } = open('failed', { extensions: tab });
    await user.click(await screen.findByRole('button', { name: 'Run again' }));
    expect(screen.getAllByRole('menuitem').map(item => item.textContent)).toEqual(['From the first step', 'From schedule-database']);
    await user.click(screen.getByRole('menuitem', { name: 'From schedule-database' }));
    await waitFor(() => expect(fake.done).toEqual(['retry schedule-database']));
  });

  it('shows inputs, files and events of a container, and keeps the choice', async () => {
    const user = userEvent.setup();
    const { fake } = open('stuck', { extensions: tab, path: '/?run=run-2&step=schedule-database&container=read&panel=events' });
    fake.platform = aPlatform();
    const events = await screen.findByRole('list', { name: 'Events' });
    expect(within(events).getAllByRole('listitem')[0]).toHaveTextContent(/Failed Failed to pull image .*4 times/);
    await user.click(screen.getByRole('tab', { name: 'Files' }));
    expect(await screen.findByText('The files appear here when the step is done.')).toBeVisible();
    await user.click(screen.getByRole('tab', { name: 'Inputs' }));
    expect(await screen.findByText(/What this run was given is not kept/)).toBeVisible();
    expect(await screen.findByText('Variables of read come from ConfigMap sizes in namespace team-a.')).toBeVisible();
  });

  it('searches in a log, and goes from place to place', async () => {
    const user = userEvent.setup();
    open('failed', { extensions: tab, path: '/?run=run-3&step=schedule-database&container=write-manifests' });
    const field = await screen.findByRole('searchbox', { name: 'Search in the log' });
    await user.type(field, 're');
    expect(await screen.findByText('1 of 5')).toBeVisible();
    await user.keyboard('{Enter}');
    expect(await screen.findByText('2 of 5')).toBeVisible();
    await user.keyboard('{Shift>}{Enter}{Enter}{/Shift}');
    expect(await screen.findByText('5 of 5')).toBeVisible();
    expect(screen.getAllByText('re', { selector: 'mark' }).length).toBeGreaterThan(0);
    await user.clear(field);
    await user.type(field, 'nowhere');
    expect(await screen.findByText('not found')).toBeVisible();
  });

  it('says why there is no log', async () => {
    const { fake } = open('failed', { extensions: tab, path: '/?run=run-3&step=schedule-database&container=write-manifests' });
    fake.log = async function* refuse() {
      throw Object.assign(new Error('the pod is gone'), { name: 'NotFoundError' });
    };
    expect(await screen.findByText(/The log is no longer there\. the pod is gone/)).toBeInTheDocument();
  });

  it('has nothing that a screen reader or a keyboard stumbles over', async () => {
    const { container } = open('failed', { extensions: tab, path: '/?run=run-3&step=schedule-database&container=write-manifests' });
    await screen.findByRole('log');
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
  }, 60_000);
});

describe('the delivery tab', () => {
  const delivery = ['entity-content:kratix/delivery'];

  it('draws the way of the files, and shows first what is not as it should be', async () => {
    const { fake } = open('drifted', { extensions: delivery });
    fake.files['resources/team-a/environments/shop-staging/deployment.yaml'] = { content: 'replicas: 3\n', previous: 'replicas: 2\n' };
    const destinations = await screen.findByRole('list', { name: 'Destination' });
    expect(within(destinations).getAllByRole('button').map(button => [button.textContent, button.getAttribute('aria-pressed')])).toEqual([
      ['eu-11 file changed by hand', 'true'],
      ['eu-2delivered · 2 files', 'false'],
    ]);
    expect(screen.getByText(/deployment\.yaml" was edited by hand; found in version .* by Ana/)).toBeVisible();
    const files = screen.getByRole('list', { name: 'Files in eu-1' });
    expect(within(files).getByRole('button', { expanded: true })).toHaveTextContent(/deployment\.yaml.*changed by hand.*schedule-database · 1\.8 kB/);
    expect(await screen.findByRole('group', { name: /deployment\.yaml$/ })).toHaveTextContent('replicas: 3');
    await userEvent.click(screen.getByRole('radio', { name: 'Against the version before' }));
    expect(screen.getByRole('group', { name: 'Against the version before' })).toHaveTextContent('-removed: replicas: 2+added: replicas: 3');
  });

  it('goes from node to node with the arrow keys, and shows health in its own words', async () => {
    const user = userEvent.setup();
    open('degraded', { extensions: delivery });
    const [, second] = within(await screen.findByRole('list', { name: 'Destination' })).getAllByRole('button');
    second.focus();
    await user.keyboard('{ArrowUp}');
    expect(screen.getByRole('button', { name: /^eu-1delivered/ })).toHaveFocus();
    await user.keyboard('{ArrowDown}{ArrowRight}{ArrowDown}{Enter}');
    expect(await screen.findByRole('group', { name: 'What the check found' })).toHaveTextContent('1 of 3 replicas');
  });

  it('folds a hundred destinations into one node, which opens', async () => {
    const user = userEvent.setup();
    open('many', { extensions: delivery });
    const list = await screen.findByRole('list', { name: 'Destination' });
    const folded = within(list).getByRole('button', { name: /100 destinations/ });
    await user.click(folded);
    expect(within(screen.getByRole('list', { name: 'Destination' })).getAllByRole('button')).toHaveLength(100);
  });

  it('says of a Secret that its values are hidden', async () => {
    const user = userEvent.setup();
    const { fake } = open('ready', { extensions: delivery });
    fake.files['resources/team-a/environments/shop-staging/namespace.yaml'] = { content: 'password: "***"\n', reason: 'secret' };
    await user.click(await screen.findByRole('button', { name: /namespace\.yaml/ }));
    expect(await screen.findByText('This file holds a Secret: its values are hidden.')).toBeVisible();
  });

  it('says what will be here', async () => {
    open('running', { extensions: delivery });
    expect(await screen.findByText(/Nothing has been delivered yet/)).toBeInTheDocument();
  });

  it('has nothing that a screen reader or a keyboard stumbles over', async () => {
    const { container } = open('degraded', { extensions: delivery });
    await screen.findByRole('list', { name: 'Destination' });
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
  }, 60_000);
});
