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
  // Decisions are remembered per request for the life of a page, so each answer needs a request of its own.
  const name = options.allowed === false ? 'shop-locked' : 'shop-staging';
  renderInTestApp(<RequestMenu request={{ ...aRequest(options.fixture ?? 'ready'), name }} onChanged={onChanged} />, {
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

  it('changes the spec from the generation that the edit began with', async () => {
    const { fake, user } = show();
    fake.state = aRequest('ready');
    await open(user);
    await user.click(screen.getByRole('menuitem', { name: 'Edit…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Edit shop-staging' });
    const field = within(dialog).getByRole('textbox');
    expect(field).toHaveValue('team: shop\nsize: medium\nregion: eu\ndatabase:\n  version: 16\n');
    expect(within(dialog).getByRole('button', { name: 'Apply' })).toBeDisabled();
    await user.clear(field);
    await user.type(field, 'size');
    expect(within(dialog).getByRole('alert')).toHaveTextContent('This has to be fields with values');
    await user.type(field, ': large');
    fake.refusal = new Error('it was changed by somebody else');
    await user.click(within(dialog).getByRole('button', { name: 'Apply' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('The change was refused: it was changed by somebody else');
    fake.refusal = undefined;
    await user.click(within(dialog).getByRole('button', { name: 'Apply' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(fake.done[1]).toBe('update 4 {"size":"large"}');
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
