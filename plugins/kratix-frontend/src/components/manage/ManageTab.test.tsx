import { toastApiRef } from '@backstage/frontend-plugin-api';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { threeWay, type RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from '../../apis/KratixApi';
import { FakeKratix } from '../../fixtures/fakeKratix';
import { aPromiseDetail } from '../../fixtures/promises';
import { aRequest, type FixtureName } from '../../fixtures/requests';
import { ManageTabView } from './ManageTab';
// Fetched when somebody edits; here it is there from the start.
import './SpecForm';

const spec = { team: 'shop', size: 'medium', region: 'eu' };

function show(name: FixtureName = 'ready', more: Partial<RequestDetail> = {}) {
  const request = { ...aRequest(name), spec, ...more };
  const fake = new FakeKratix(request);
  const api = { group: request.group, version: request.version, kind: request.kind, plural: request.plural };
  const promise = { cluster: request.cluster, name: request.promise, version: 'v1.3.0', available: true, requests: 13, api };
  fake.platform.details = [{ ...aPromiseDetail(promise, new Date()), canDryRun: true }];
  const toasts: string[] = [];
  const perform = jest.fn(async () => undefined);
  const live = { refresh: jest.fn(), perform, dismiss: jest.fn() };
  const post = ({ title }: { title: unknown }) => {
    toasts.push(String(title));
    return { close: () => {} };
  };
  const snapshot = { state: request, fetchedAt: Date.now(), isFirstLoad: false };
  const { container } = renderInTestApp(<ManageTabView snapshot={snapshot} live={live} />, { apis: [[kratixApiRef, fake], [toastApiRef, { post }]] });
  return { fake, toasts, perform, container, user: userEvent.setup() };
}
const team = async () => screen.findByRole('textbox', { name: /Team/ }, { timeout: 5_000 });
const changes = () => screen.getByRole('region', { name: 'What will change' });

describe('the Manage tab', () => {
  it('edits in the form of the offer, shows what changes, and applies it from where it began', async () => {
    const { fake, toasts, user } = show();
    const field = await team();
    expect(field).toHaveValue('shop');
    expect(screen.getByRole('button', { name: 'Apply' })).toBeDisabled();
    await user.clear(field);
    await user.type(field, 'data');
    const row = within(changes()).getByRole('row', { name: /Team/ });
    expect(row).toHaveTextContent('shop');
    expect(row).toHaveTextContent('data');
    expect(await within(changes()).findByText('The server accepts this.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Apply' }));
    await waitFor(() => expect(toasts).toEqual(['shop-staging was changed.']));
    await waitFor(() => expect(changes()).toHaveFocus());
    expect(fake.done).toEqual([`update 4 {"team":"data","size":"medium","region":"eu"}`]);
  });

  it('names the groups of fields, one inside the other, and no item of a list', async () => {
    const { container } = show('ready', { spec: { ...spec, hosts: [{ name: 'a.example.org' }] } });
    await team();
    expect(screen.getByDisplayValue('a.example.org')).toBeVisible();
    expect([...container.querySelectorAll('legend')].map(({ textContent }) => textContent)).toEqual(['Database', 'Backup', 'Labels', 'Values']);
    const database = screen.getByRole('group', { name: 'Database' });
    expect(within(database).getByRole('group', { name: 'Backup' })).toContainElement(screen.getByRole('textbox', { name: /Schedule/ }));
    expect(within(screen.getByRole('group', { name: 'Labels' })).getByRole('button')).toBeVisible();
  });

  it('says above all what goes on, or why it failed', async () => {
    show('failed');
    await team();
    const [visible] = screen.getAllByText('write-manifests');
    expect(visible.closest('p')).toHaveTextContent('Step 2, container write-manifests, exited with 1');
  });

  it('says beside the form what the server would refuse, and keeps it from being applied', async () => {
    const { fake, user } = show();
    fake.previewAnswer = { accepted: false, problems: [{ field: 'spec.team', message: 'must be a team of the directory' }], changes: [] };
    await user.type(await team(), 's');
    expect(await within(changes()).findByText('Team: must be a team of the directory')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Apply' })).toBeDisabled();
  });

  it('says in words what is allowed in a field, whoever found that its value is not', async () => {
    const { fake, user } = show();
    const message = `Invalid value: "shop7": spec.team in body should match '^[a-z]+$'`;
    fake.previewAnswer = { accepted: false, problems: [{ field: 'spec.team', message }], changes: [] };
    await user.type(await team(), '7');
    expect(await within(changes()).findByText('Team: Only lower-case letters.')).toBeVisible();
    expect(screen.getAllByText('Team: Only lower-case letters.')).toHaveLength(2);
    expect(screen.queryByText(/\^\[a-z\]/)).not.toBeInTheDocument();
  });

  it('says nothing of versions where the offer has none', async () => {
    show('ready', { versions: { current: undefined, pinned: undefined, available: ['not-set'] } });
    await team();
    expect(screen.getByRole('button', { name: 'Run again from the start' })).toBeVisible();
    expect(screen.queryByText('Version of the offer')).not.toBeInTheDocument();
  });

  it('lets people choose field by field when somebody else was faster', async () => {
    const { fake, user } = show();
    const mine = { ...spec, team: 'shops' };
    const theirs = { ...spec, team: 'store', size: 'large' };
    const cause = Object.assign(new Error('It was changed in between'), {
      conflict: { base: spec, mine, theirs, generation: 5, fields: threeWay(spec, mine, theirs), changedBy: 'user:default/bea' },
    });
    fake.refusal = Object.assign(new Error('refused'), { cause });
    await user.type(await team(), 's');
    await user.click(screen.getByRole('button', { name: 'Apply' }));
    expect(await screen.findByText(/user:default\/bea changed this request/)).toBeVisible();
    const size = screen.getByRole('radiogroup', { name: 'Size' });
    expect(within(size).getByRole('radio', { name: /Theirs: large/ })).toBeChecked();
    const both = screen.getByRole('radiogroup', { name: 'Team' });
    expect(within(both).getByRole('radio', { name: /Yours: shops/ })).toBeChecked();
    fake.refusal = undefined;
    await user.click(screen.getByRole('button', { name: 'Go on with these' }));
    await user.click(await screen.findByRole('button', { name: 'Apply' }));
    await waitFor(() => expect(fake.done).toHaveLength(2));
    expect(fake.done[1]).toBe('update 5 {"team":"shops","size":"large","region":"eu"}');
  });

  it('previews files only when asked', async () => {
    const { fake, user } = show();
    fake.dryRunAnswer = {
      name: 'dry-1',
      phase: 'Succeeded',
      destinations: [{ name: 'eu-1', files: [{ path: 'a.yaml', change: 'changed', diff: '--- a/a.yaml\n+++ b/a.yaml\n@@ -1,1 +1,1 @@\n-size: medium\n+size: large\n' }, { path: 'b.yaml', change: 'same' }] }, { name: '', files: [{ path: 'c.yaml', change: 'added' }] }],
    };
    const button = await screen.findByRole('button', { name: 'Preview files' }, { timeout: 5_000 });
    expect(button).toBeDisabled();
    await user.type(await team(), 's');
    await user.click(button);
    const files = screen.getByRole('region', { name: 'Files' });
    await user.click(await within(files).findByRole('button', { name: /^a\.yaml/ }));
    expect(await within(files).findByText('size: large')).toBeVisible();
    expect(within(files).getByRole('heading', { name: 'A destination that is chosen when they are delivered' })).toBeVisible();
    await user.click(within(files).getByRole('button', { name: /^c\.yaml/ }));
    expect(within(files).getByText('Not shown: it holds secrets, is no text, or differs too much.')).toBeVisible();
    expect(within(files).queryByText('b.yaml')).not.toBeInTheDocument();
    expect(fake.done).toEqual(['dry-run']);
  });

  it('runs again, pauses, and lists what a deletion takes along', async () => {
    const { perform, user } = show();
    await user.click(await screen.findByRole('button', { name: 'Run again from the start' }));
    await user.click(screen.getByRole('button', { name: 'Pause' }));
    expect(perform.mock.calls).toEqual([[{ do: 'rerun' }], [{ do: 'pause' }]]);
    expect(screen.getByText(/files? in eu-1/)).toBeVisible();
  });

  it('says who may only look that they may', async () => {
    show('readOnly');
    expect(await screen.findByText('You can see this request, but not change it. The platform team can give you the permission.')).toBeVisible();
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
  });

  it('keeps nobody out', async () => {
    const { container } = show();
    await team();
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
  });
});
