import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { toastApiRef } from '@backstage/frontend-plugin-api';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { kratixApiRef } from '../../apis/KratixApi';
import { FakeKratix } from '../../fixtures/fakeKratix';
import { aRequest } from '../../fixtures/requests';
import { RequestMenu } from './RequestMenu';

function show(options: { allowed?: boolean; fixture?: 'ready' | 'deleting' } = {}) {
  const fake = new FakeKratix();
  const toasts: string[] = [];
  const post = (toast: { title: unknown }) => {
    toasts.push(String(toast.title));
    return { close: () => {} };
  };
  const result = options.allowed === false ? AuthorizeResult.DENY : AuthorizeResult.ALLOW;
  const onChanged = jest.fn();
  renderInTestApp(<RequestMenu request={aRequest(options.fixture ?? 'ready')} onChanged={onChanged} />, {
    apis: [
      [kratixApiRef, fake],
      [toastApiRef, { post }],
      [permissionApiRef, mockApis.permission({ authorize: result })],
    ],
  });
  return { fake, toasts, onChanged, user: userEvent.setup() };
}
const open = async (user: ReturnType<typeof userEvent.setup>) => user.click(await screen.findByRole('button', { name: 'Actions' }));

describe('RequestMenu', () => {
  it('runs the request again and says so', async () => {
    const { fake, toasts, onChanged, user } = show();
    await open(user);
    await user.click(screen.getByRole('menuitem', { name: 'Run again' }));
    await waitFor(() => expect(toasts).toEqual(['shop-staging runs again.']));
    expect(fake.done).toEqual(['rerun']);
    expect(onChanged).toHaveBeenCalledTimes(1);
  });

  it('deletes only after the name was typed, and only this very object', async () => {
    const { fake, user } = show();
    await open(user);
    await user.click(screen.getByRole('menuitem', { name: 'Delete…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Delete shop-staging?' });
    const button = within(dialog).getByRole('button', { name: 'Delete' });
    expect(button).toBeDisabled();
    await user.type(within(dialog).getByRole('textbox'), 'shop-staging');
    await user.click(button);
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(fake.done).toEqual(['remove 7f1c']);
  });

  it('says with the server’s words why it was refused', async () => {
    const { fake, toasts, user } = show();
    fake.refusal = new Error('admission webhook denied the request');
    await open(user);
    await user.click(screen.getByRole('menuitem', { name: 'Run again' }));
    await waitFor(() => expect(toasts).toEqual(['shop-staging was not changed: admission webhook denied the request']));
  });

  it('says to who may change nothing that it is so', async () => {
    const { user } = show({ allowed: false });
    await open(user);
    expect(screen.getAllByRole('menuitem').map(item => item.textContent)).toEqual(['You can see this request, but not change it.']);
  });

  it('offers nothing for a request that is being deleted', async () => {
    const { user } = show({ fixture: 'deleting' });
    await open(user);
    expect(screen.getAllByRole('menuitem').map(item => item.textContent)).toEqual(['Deleting']);
  });
});
