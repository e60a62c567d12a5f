import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { screen, waitFor, within } from '@testing-library/react';
import axe from 'axe-core';
import { kratixApiRef } from '../../apis/KratixApi';
import { FakeKratix } from '../../fixtures/fakeKratix';
import { aRequest, NAMES, type FixtureName } from '../../fixtures/requests';
import type { LiveSnapshot } from '../../live/LiveRequest';
import { manageRouteRef } from '../../routes';
import { StatusCardView } from './StatusCard';

const live = { refresh: jest.fn(), perform: jest.fn(async () => undefined), dismiss: jest.fn() };

function show(snapshot: LiveSnapshot, fake = new FakeKratix()) {
  const apis = [[kratixApiRef, fake], mockApis.permission()] as const;
  return renderInTestApp(<StatusCardView snapshot={snapshot} live={live} />, { apis: [...apis], mountedRoutes: { '/manage': manageRouteRef } });
}
const known = (name: FixtureName): LiveSnapshot => ({ state: aRequest(name), fetchedAt: Date.now(), isFirstLoad: false });
const spoken = () => screen.getAllByRole('status').map(element => element.textContent).join(' ');

describe('StatusCard', () => {
  it.each<[FixtureName, string, RegExp]>([
    ['waiting', 'Waiting', /Waiting for postgresql, which application-environment needs\./],
    ['queued', 'Queued', /Accepted \d s ago, starting\./],
    ['running', 'Running', /Step 2 of 3, schedule-database: running write-manifests for 1\d s\./],
    ['stuck', 'Running', /the image of read cannot be pulled \(ImagePullBackOff\)/],
    ['pausedByStep', 'Paused by a step', /“waiting for the approval of the security team”, until somebody resumes it\./],
    ['retrying', 'Retrying', /“quota is not ready”\. Tries again in 1 min 3\d s\./],
    ['delivering', 'Delivering', /3 of 5 files delivered; eu-2: not reachable/],
    ['ready', 'Ready', /Ready since .*\. Delivered to eu-1, eu-2\./],
    ['degraded', 'Degraded', /1 of 3 replicas/],
    ['drifted', 'Drifted', /1 file was changed by hand in eu-1\./],
    ['notPlaced', 'Not placed', /No destination has region: mars/],
    ['failed', 'Failed', /Step 2, container write-manifests, exited with 1: psql: connection refused/],
    ['paused', 'Paused', /Paused by the platform team/],
    ['deleting', 'Deleting', /step archive is running; then 5 files in eu-1, eu-2 are removed\./],
    ['stale', 'Unknown', /cluster local is not reachable\. Last known: Ready since/],
  ])('says what is going on: %s', async (name, phase, sentence) => {
    show(known(name));
    const heading = await screen.findByRole('heading', { name: `Status: ${phase}` });
    expect(heading).toBeInTheDocument();
    const paragraph = heading.closest('[data-phase]')!.querySelector('p')!;
    expect(paragraph).toHaveTextContent(sentence);
    expect(spoken()).toMatch(sentence);
  });

  it('keeps marks of direction in the words of a step from turning its own words round', async () => {
    const state = aRequest('pausedByStep');
    const { message } = state.summary;
    const words = '\u202etxet desrever';
    show({ ...known('pausedByStep'), state: { ...state, summary: { ...state.summary, message: { ...message!, values: { ...message!.values, words } } } } });
    const [shown] = (await screen.findAllByText(words)).filter(({ tagName }) => tagName === 'BDI');
    expect(shown.parentElement).toHaveTextContent(/until somebody resumes it/);
  });

  it('shows steps with state and duration, and how far it is', async () => {
    show(known('running'));
    expect(await screen.findByRole('progressbar', { name: '1 of 3 steps done' })).toBeInTheDocument();
    const steps = within(screen.getByRole('list', { name: 'Steps' })).getAllByRole('listitem');
    expect(steps.map(step => step.textContent)).toEqual([
      'validate, done4 s',
      expect.stringMatching(/^schedule-database, running2\d s$/),
      'announce, not started',
    ]);
  });

  it('shows what was asked for, what came of it and where it went', async () => {
    show(known('ready'));
    const facts = (await screen.findByText('Offer')).closest('dl')!;
    expect(facts).toHaveTextContent(/^Offer.*Versionv1\.2\.0/);
    expect(facts).toHaveTextContent('Sizemedium');
    expect(within(facts).getAllByRole('listitem').map(item => item.textContent)).toEqual(['eu-1, delivered', 'eu-2, delivered']);
    expect(within(facts).getByRole('link')).toHaveAttribute('href', 'https://shop-staging.example.org');
    expect(screen.getByText(/requested by/)).toHaveTextContent('requested by ana');
  });

  it('shows the last five lines of what failed', async () => {
    const fake = new FakeKratix();
    show(known('failed'), fake);
    const lines = await screen.findByRole('group', { name: 'Last lines of write-manifests' });
    await waitFor(() => expect(lines.textContent!.split('\n')).toHaveLength(5));
    expect(lines).toHaveTextContent('psql: connection refused');
    expect(lines).not.toHaveTextContent('reading the request');
    expect(fake.logQueries).toEqual([{ run: 'run-3', step: 'schedule-database', container: 'write-manifests', tail: 50 }]);
  });

  it('leads from a failure to what was asked for, and says when it was', async () => {
    show(known('failed'));
    expect(await screen.findByRole('link', { name: 'Edit…' })).toHaveAttribute('href', '/manage');
    expect(screen.queryByRole('link', { name: /files/ })).not.toBeInTheDocument();
    expect(screen.getByRole('heading', { name: 'Status: Failed' }).parentElement).toHaveTextContent(/failed .+ ago · requested by/);
  });

  it('shows no container’s words when a delivery failed', async () => {
    const fake = new FakeKratix();
    const { state } = known('failed');
    if (!state) throw new Error('The fixture has no state');
    const { container, ...summary } = state.summary;
    expect(container).toBe('write-manifests');
    show({ ...known('failed'), state: { ...state, summary } }, fake);
    expect(await screen.findByRole('heading', { name: 'Status: Failed' })).toBeVisible();
    expect(screen.queryByRole('group', { name: /Last lines/ })).not.toBeInTheDocument();
    expect(fake.logQueries).toEqual([]);
  });

  it('falls back to the last words of the container when its log is gone', async () => {
    const fake = new FakeKratix();
    fake.logPieces = [];
    show(known('failed'), fake);
    expect(await screen.findByRole('group', { name: /Last lines/ })).toHaveTextContent('psql: connection refused');
  });

  it.each<[string, LiveSnapshot, string]>([
    ['is denied', { isFirstLoad: false, problem: { kind: 'denied', words: 'no' } }, 'You may not see this request. The platform team can give you the permission.'],
    ['is gone', { isFirstLoad: false, problem: { kind: 'gone', words: 'no' } }, 'This request is gone. It was deleted, or never was in this cluster.'],
    ['cannot be loaded', { isFirstLoad: false, problem: { kind: 'failed', words: 'the server said so' } },
      'The state of this request could not be loaded: the server said so'],
  ])('says that the request %s', async (_, snapshot, text) => {
    show(snapshot);
    expect(await screen.findByRole('alert')).toHaveTextContent(text);
  });

  it('keeps an old state and says how old it is', async () => {
    show({ ...known('ready'), problem: { kind: 'failed', words: 'Failed to fetch' } });
    expect(await screen.findByRole('heading', { name: 'Status: Ready' })).toBeInTheDocument();
    expect(spoken()).toMatch(/Not up to date: Failed to fetch\. Shown as of \d\d:\d\d\./);
  });

  it('shows a shape while the first answer is on its way', async () => {
    show({ isFirstLoad: true });
    expect(await screen.findByText('Loading the state of this request…')).toBeInTheDocument();
  });

  it('understands a backend that knows other sentences', async () => {
    const state = aRequest('ready');
    state.summary = { phase: 'Ready', sentence: 'It rests on the moon.', message: { id: 'onTheMoon', values: {} } };
    show({ state, isFirstLoad: false });
    expect(await screen.findAllByText(/It rests on the moon\./)).not.toHaveLength(0);
  });

  it('says what to do next, and which version is newer', async () => {
    show(known('upgradable'));
    expect(await screen.findByText('v1.10.0 available')).toBeVisible();
    expect(screen.queryByText(/Read the log/)).not.toBeInTheDocument();
    show(known('outOfMemory'));
    expect(await screen.findByText(/Raise the memory limit of this container/)).toBeVisible();
  });

  it('says why an action was refused until it is dismissed', async () => {
    show({ ...known('failed'), refusal: { kind: 'denied', words: 'ana may not', action: { do: 'retry' } } });
    expect(await screen.findByRole('alert')).toHaveTextContent('This was refused: ana may not');
    screen.getByRole('button', { name: 'Dismiss' }).click();
    expect(live.dismiss).toHaveBeenCalled();
  });

  it('asks for no log that its reader may not see, and shows what the cluster kept', async () => {
    const fake = new FakeKratix();
    show(known('readOnly'), fake);
    const lines = await screen.findByRole('group', { name: 'Last lines of write-manifests' });
    expect(lines).toHaveTextContent('psql: connection refused');
    expect(fake.logQueries).toEqual([]);
    expect(screen.queryByRole('link', { name: 'Open log' })).not.toBeInTheDocument();
  });

  it('B42: shows what others wrote as text, whatever it is', async () => {
    show(known('hostile'));
    expect(await screen.findAllByText(/<script>alert\(1\)<\/script>/)).not.toHaveLength(0);
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeVisible();
    expect(screen.queryByRole('img')).not.toBeInTheDocument();
    expect(screen.queryByRole('link', { name: /alert/ })).not.toBeInTheDocument();
  });

  it('has nothing that a screen reader or a keyboard stumbles over', async () => {
    const { container } = renderInTestApp(
      <>
        <h2>Cards</h2>
        {NAMES.map(name => (
          <StatusCardView key={name} snapshot={known(name)} live={live} />
        ))}
      </>,
      { apis: [[kratixApiRef, new FakeKratix()]] },
    );
    await screen.findByRole('heading', { name: 'Status: Unknown' });
    await waitFor(() => expect(screen.getAllByText(/psql: connection refused/)).not.toHaveLength(0));
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
  }, 60_000);
});
