import { Profiler, type ComponentProps } from 'react';
import { renderTestApp } from '@backstage/frontend-test-utils';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { kratixApiRef } from '../../apis/KratixApi';
import { FakeKratix } from '../../fixtures/fakeKratix';
import { FakeSignals } from '../../fixtures/fakeSignals';
import { aPlatform } from '../../fixtures/platform';
import { aRequest } from '../../fixtures/requests';
import { kratixPlugin } from '../../plugin';

/** Each time that a field of the kit was drawn, whatever for. */
const mockDrawn: string[] = [];
/** Each time that our page asked for a choice. */
const mockAsked: string[] = [];
jest.mock('@backstage/ui', () => {
  const kit = jest.requireActual<typeof import('@backstage/ui')>('@backstage/ui');
  const { SearchField, Select } = kit;
  const note = (id: string) => mockDrawn.push(id);
  return {
    ...kit,
    SearchField: (props: ComponentProps<typeof SearchField>) => (
      <Profiler id="SearchField" onRender={note}>
        <SearchField {...props} />
      </Profiler>
    ),
    Select: (props: ComponentProps<typeof Select>) => {
      mockAsked.push(String(props['aria-label']));
      return (
        <Profiler id="Select" onRender={note}>
          <Select {...props} />
        </Profiler>
      );
    },
  };
});

const now = new Date();

async function open() {
  const fake = new FakeKratix();
  fake.platform = aPlatform(now);
  const signals = new FakeSignals();
  renderTestApp({ features: [kratixPlugin], apis: [[kratixApiRef, fake], [signalApiRef, signals]], initialRouteEntries: ['/kratix/requests'] });
  await screen.findByRole('table', { name: 'Requests' });
  const [queued] = fake.platform.requests.filter(({ summary }) => summary.phase === 'Queued');
  const row = () => document.querySelector(`[data-request="${queued.name}"]`);
  /** One request gets another state; resolves when the page shows it. */
  const change = async (fixture: 'failed' | 'ready') => {
    const { summary } = aRequest(fixture, now);
    fake.platform.requests = fake.platform.requests.map(request => (request.uid === queued.uid ? { ...request, summary } : request));
    act(() => signals.send({ cluster: 'local', refs: ['x.y/a/b'] }));
    await waitFor(() => expect(row()).toHaveAttribute('data-row-phase', summary.phase), { timeout: 60_000 });
  };
  return { fake, change };
}

describe('the fields of the requests table', () => {
  it('are not drawn anew for changes that the rows show', async () => {
    const { change } = await open();
    await change('failed');
    expect(mockDrawn).toEqual(expect.arrayContaining(['SearchField', 'Select']));
    mockDrawn.length = 0;
    await change('ready');
    await change('failed');
    expect(mockDrawn).toEqual([]);
  }, 120_000);

  it('are not asked for anew with the values of another answer when these are the same', async () => {
    const user = userEvent.setup();
    const { change, fake } = await open();
    await change('failed');
    mockAsked.length = 0;
    const shown = aRequest('running', now).summary.phase;
    await user.click(screen.getByRole('button', { name: new RegExp(`^\\d+ ?${shown}$`) }));
    await waitFor(() => {
      const phases = [...document.querySelectorAll('[data-request]')].map(row => row.getAttribute('data-row-phase'));
      expect(new Set(phases)).toEqual(new Set([shown]));
    }, { timeout: 60_000 });
    expect(fake.queries.at(-1)).toMatchObject({ phase: [shown] });
    expect(mockAsked).toEqual([]);
  }, 120_000);
});
