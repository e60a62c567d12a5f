import { renderTestApp } from '@backstage/frontend-test-utils';
import { ResponseError } from '@backstage/errors';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { kratixApiRef } from '../../apis/KratixApi';
import { FakeKratix } from '../../fixtures/fakeKratix';
import { FakeSignals } from '../../fixtures/fakeSignals';
import { aPlatform } from '../../fixtures/platform';
import { kratixPlugin } from '../../plugin';

function open(path: string, prepare: (fake: FakeKratix) => void = () => {}) {
  const fake = new FakeKratix();
  fake.platform = aPlatform();
  prepare(fake);
  const rendered = renderTestApp({
    features: [kratixPlugin],
    apis: [[kratixApiRef, fake], [signalApiRef, new FakeSignals()]],
    initialRouteEntries: [path],
  });
  return { fake, ...rendered };
}
const rowsOf = async (name: string) =>
  within(await screen.findByRole('table', { name })).getAllByRole('row').slice(1).map(row => row.textContent);
const environment = '/kratix/promises/local/application-environment';

describe('the tabs of the platform', () => {
  it('list offers, failing ones first', async () => {
    open('/kratix/promises');
    const rows = await rowsOf('Offers (Promises)');
    expect(rows[0]).toMatch(/^a-promise-.*Not availablethe API’s openAPIV3Schema is refused/);
    expect(rows[1]).toMatch(/^Topic.*Not availableWaiting for the Promise kafka/);
    expect(rows).toContainEqual(expect.stringMatching(/^cluster-observability.*there is nothing to ask for/));
  });

  it('list destinations with labels, deliveries and the last write, failing ones first', async () => {
    open('/kratix/destinations');
    const rows = await rowsOf('Destinations');
    expect(rows[0]).toMatch(/^eu-2.*Not readythe store "fleet" could not be written.*2 failed4 waiting6 delivered.*environment: production/);
    expect(rows[1]).toMatch(/^us-1.*1 no longer matching/);
    expect(rows.at(-1)).toMatch(/nothing yet.*no labels.*only what names all its labels.*never/);
  });

  it('list stores with queue, address and the last write, failing ones first', async () => {
    open('/kratix/stores');
    const rows = await rowsOf('Stores');
    expect(rows[0]).toMatch(/^fleet.*Not ready.*2 failed4 waiting.*git\.example\.org.*branch main.*eu-1, eu-2.*1 min/);
  });

  it.each([['promises', 'Nothing is on offer yet.'], ['destinations', 'There are no destinations yet.'], ['stores', 'There are no stores yet.']])(
    'say what would be here and how to get it: %s',
    async (tab, text) => {
      open(`/kratix/${tab}`, fake => Object.assign(fake.platform, { promises: [], destinations: [], stores: [] }));
      expect(await screen.findByText(text)).toBeInTheDocument();
    },
  );
});

describe('the page of a Promise', () => {
  it('documents its fields', async () => {
    open(environment);
    const rows = await rowsOf('Fields of Environment');
    expect(rows[1]).toBe('sizerequiredstringsmallHow much it may use.One of smallmediumlarge');
    expect(rows).toContainEqual(expect.stringMatching(/^schedulerequiredstring0 3 \* \* \*As in cron\./));
    expect(screen.getByRole('group', { name: 'Example' })).toHaveTextContent('kind: Environment');
  });

  it('shows what happens, its versions and what changed with them', async () => {
    open(environment);
    const steps = within((await screen.findByRole('heading', { name: 'When something is requested or changed' })).closest('section')!);
    expect(steps.getAllByRole('listitem').map(item => item.textContent)[0]).toMatch(/^validate/);
    const versions = await rowsOf('Versions');
    expect(versions[0]).toMatch(/^v1\.3\.0newest.*spec\.team has to be given now\.may refuse what was right before/);
  });

  it('shows how its steps went during the last day, and how long they take', async () => {
    open(environment);
    expect(await rowsOf('How the steps went during the last day')).toEqual([
      'validate4702 s',
      'schedule-database416usually 48 s, at times 5 min 10 s',
      'announce410usually 4 s, at times 9 s',
      'archivewhen a request is deleted01not known: it was never done',
    ]);
  });

  it('says nothing of times where no run ended', async () => {
    open('/kratix/promises/local/postgresql');
    await screen.findByRole('table', { name: 'Requests' });
    expect(screen.queryByRole('table', { name: 'How the steps went during the last day' })).not.toBeInTheDocument();
  });

  it('shows what it needs, what is missing, and who needs it', async () => {
    open('/kratix/promises/local/kafka-topic');
    expect(await screen.findByText(/Requests wait until kafka v3\.0\.0 is there/)).toBeInTheDocument();
    const needs = screen.getByRole('heading', { name: 'Needs' }).closest('section')!;
    expect(within(needs).getAllByRole('listitem').map(item => item.textContent)).toEqual([
      'kafkav3.0.0 · not installed',
      'postgresqlv2.0.1 · installed',
      expect.stringMatching(/observability.*v0\.5\.0 · in another version/),
    ]);
  });

  it('lists only its own requests, and moves one to another version', async () => {
    const user = userEvent.setup();
    const { fake } = open(environment);
    const table = await screen.findByRole('table', { name: 'Requests' });
    expect(fake.queries[0]).toMatchObject({ cluster: 'local', promise: ['application-environment'] });
    expect(within(table).queryByRole('columnheader', { name: 'Offer' })).not.toBeInTheDocument();
    await user.click(within(table).getAllByRole('button', { name: /^Change the version of/ })[0]);
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('spec.team has to be given now.');
    await user.click(within(dialog).getByRole('radio', { name: 'v1.2.0' }));
    expect(dialog).toHaveTextContent('spec.region is “eu” where nothing is said');
    await user.click(within(dialog).getByRole('button', { name: 'Change version' }));
    expect(fake.done).toEqual(['pin v1.2.0']);
  });

  it('says when there is no such Promise', async () => {
    open('/kratix/promises/local/nothing', fake => {
      fake.error = Object.assign(new Error('Promise "nothing" not found'), { name: 'NotFoundError' }) as ResponseError;
    });
    expect(await screen.findByText('This is not there, or no longer.')).toBeInTheDocument();
  });

  it('has nothing that a screen reader or a keyboard stumbles over', async () => {
    const { container } = open(environment);
    await screen.findByRole('table', { name: 'Requests' });
    const page = container.querySelector('[data-kratix]');
    if (!page) throw new Error('The page is not there');
    const { violations } = await axe.run(page, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
  }, 60_000);
});
