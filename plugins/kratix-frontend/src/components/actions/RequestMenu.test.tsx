import { renderInTestApp } from '@backstage/frontend-test-utils';
import { toastApiRef } from '@backstage/frontend-plugin-api';
import type { RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { kratixApiRef } from '../../apis/KratixApi';
import type { Problem } from '../../apis/problem';
import { FakeKratix } from '../../fixtures/fakeKratix';
import { aRequest, type FixtureName } from '../../fixtures/requests';
import type { RequestAction } from '../../model/optimistic';
import { manageRouteRef } from '../../routes';
import { PrimaryActionButton } from './PrimaryActionButton';
import { RequestMenu } from './RequestMenu';

function show(name: FixtureName = 'ready', more: Partial<RequestDetail> = {}) {
  const fake = new FakeKratix(aRequest(name));
  const toasts: string[] = [];
  const post = (toast: { title: unknown }) => {
    toasts.push(String(toast.title));
    return { close: () => {} };
  };
  const perform = jest.fn<Promise<Problem | undefined>, [RequestAction]>(async () => undefined);
  const live = { refresh: jest.fn(), perform, dismiss: jest.fn() };
  const request = { ...aRequest(name), ...more };
  renderInTestApp(
    <>
      <PrimaryActionButton request={request} live={live} />
      <RequestMenu request={request} live={live} />
    </>,
    { apis: [[kratixApiRef, fake], [toastApiRef, { post }]], mountedRoutes: { '/manage': manageRouteRef } },
  );
  return { fake, toasts, live, perform, user: userEvent.setup() };
}
const open = async (user: ReturnType<typeof userEvent.setup>) => user.click(await screen.findByRole('button', { name: 'Actions' }));
const items = () => screen.getAllByRole('menuitem').map(item => item.textContent);

describe('the actions of a request', () => {
  it.each<[FixtureName, string[]]>([
    ['ready', ['Edit…', 'Run again', 'Pause', 'Delete…']],
    ['upgradable', ['Edit…', 'Run again', 'Upgrade to v1.10.0', 'Pause', 'Delete…']],
    ['failed', ['Edit…', 'Run again', 'Pause', 'Delete…']],
    ['pausedByStep', ['Edit…', 'Retry from schedule-database', 'Run again', 'Pause', 'Delete…']],
    ['approval', ['Edit…', 'Resume', 'Retry from schedule-database', 'Run again', 'Pause', 'Delete…']],
    ['paused', ['Edit…', 'Run again', 'Unpause', 'Delete…']],
    ['deleting', ['Deleting']],
    ['readOnly', ['You can see this request, but not change it. The platform team can give you the permission.']],
  ])('are those that fit: %s', async (name, labels) => {
    const { user } = show(name);
    await open(user);
    expect(items()).toEqual(labels);
  });

  it.each<[FixtureName, string, RequestAction]>([
    ['failed', 'Retry from this step', { do: 'retry', step: 'schedule-database' }],
    ['retrying', 'Retry now', { do: 'retry', step: 'schedule-database' }],
    ['pausedByStep', 'Resume', { do: 'resume' }],
    ['refused', 'Run again', { do: 'rerun' }],
  ])('lead with one: %s', async (name, label, action) => {
    const { user, perform } = show(name);
    await user.click(await screen.findByRole('button', { name: label }));
    expect(perform).toHaveBeenCalledWith(action);
  });

  it.each<[FixtureName, string, string]>([
    ['ready', 'Open Endpoint', 'https://shop-staging.example.org'],
    ['approval', 'Open pull request', 'https://git.example.org/security/approvals/pull/42'],
  ])('lead outside in a tab of its own: %s', async (name, label, href) => {
    show(name);
    const link = await screen.findByRole('link', { name: label });
    expect(link).toHaveAttribute('href', href);
    expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  });

  it('say instead of the one that leads that the reader may not', async () => {
    show('readOnly');
    expect(await screen.findByText('You can see this request, but not change it. The platform team can give you the permission.')).toBeVisible();
    expect(screen.queryByRole('button', { name: /Retry/ })).not.toBeInTheDocument();
  });

  it('delete only after the name was typed, and only this very object', async () => {
    const { perform, user } = show();
    await open(user);
    await user.click(screen.getByRole('menuitem', { name: 'Delete…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Delete shop-staging?' });
    const button = within(dialog).getByRole('button', { name: 'Delete' });
    expect(button).toBeDisabled();
    await user.type(within(dialog).getByRole('textbox'), 'shop-staging');
    await user.click(button);
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(perform).toHaveBeenCalledWith({ do: 'remove', uid: '7f1c' });
  });

  it('delete with the keyboard alone', async () => {
    const { perform, user } = show();
    await open(user);
    await user.click(screen.getByRole('menuitem', { name: 'Delete…' }));
    const field = within(await screen.findByRole('dialog')).getByRole('textbox');
    await waitFor(() => expect(field).toHaveFocus());
    await user.keyboard('shop{Enter}');
    expect(perform).not.toHaveBeenCalled();
    await user.keyboard('-staging{Enter}');
    await waitFor(() => expect(perform).toHaveBeenCalledWith({ do: 'remove', uid: '7f1c' }));
  });

  it('lead to the tab where the request is edited', async () => {
    const { user } = show();
    await open(user);
    expect(screen.getByRole('menuitem', { name: 'Edit…' })).toHaveAttribute('href', '/manage');
  });

  it('say with the server’s words why they were refused', async () => {
    const { perform, toasts, user } = show();
    perform.mockResolvedValue({ kind: 'failed', words: 'admission webhook denied the request' });
    await open(user);
    await user.click(screen.getByRole('menuitem', { name: 'Run again' }));
    await waitFor(() => expect(toasts).toEqual(['shop-staging was not changed: admission webhook denied the request']));
  });
});
