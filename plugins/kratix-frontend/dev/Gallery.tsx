import { useMemo, type ReactNode } from 'react';
import { useParams, useSearchParams } from 'react-router-dom';
import { DeliveryTabView } from '../src/components/delivery/DeliveryTab';
import { Legible } from '../src/components/Legible';
import { ManageTabView } from '../src/components/manage/ManageTab';
import { PipelinesCardView } from '../src/components/pipelines/PipelinesCard';
import { PipelinesTabView } from '../src/components/pipelines/PipelinesTab';
import { StatusCardView } from '../src/components/status/StatusCard';
import { aRequest, NAMES, type FixtureName } from '../src/fixtures/requests';
import type { LiveSnapshot } from '../src/live/LiveRequest';

const still = { refresh: () => {}, perform: async () => undefined, dismiss: () => {} };

/** The status card in every phase, while loading, and when it cannot be shown. */
export function StatusGallery() {
  const { theme, only } = useChoice();
  const snapshots = useMemo(() => NAMES.map(name => ({ name, snapshot: snapshotOf(name) })), []);
  const more: { name: string; snapshot: LiveSnapshot }[] = [
    { name: 'loading', snapshot: { isFirstLoad: true } },
    { name: 'denied', snapshot: { isFirstLoad: false, problem: { kind: 'denied', words: 'Unauthorized' } } },
    { name: 'gone', snapshot: { isFirstLoad: false, problem: { kind: 'gone', words: 'not found' } } },
    { name: 'error', snapshot: { isFirstLoad: false, problem: { kind: 'failed', words: 'upstream is not reachable' } } },
    { name: 'old', snapshot: { ...snapshotOf('ready'), problem: { kind: 'failed', words: 'Failed to fetch' } } },
    { name: 'refusedAction', snapshot: { ...snapshotOf('failed'), refusal: { kind: 'denied', words: 'User "ana" may not patch environments in namespace team-a', action: { do: 'retry' } } } },
    { name: 'pendingAction', snapshot: { ...snapshotOf('pausedByStep'), pending: { do: 'resume' } } },
  ];
  return (
    <Frame theme={theme}>
      <div style={{ display: 'grid', gap: 24, gridTemplateColumns: 'repeat(auto-fill, minmax(min(340px, 100%), 1fr))', alignItems: 'start' }}>
        {[...snapshots, ...more].filter(({ name }) => only.length === 0 || only.includes(name)).map(({ name, snapshot }) => (
          <StatusCardView key={name} snapshot={snapshot} live={still} />
        ))}
      </div>
    </Frame>
  );
}

export function CardGallery() {
  const { name, theme } = useChoice();
  const snapshot = useMemo(() => snapshotOf(name), [name]);
  return (
    <Frame theme={theme}>
      <PipelinesCardView snapshot={snapshot} />
    </Frame>
  );
}

export function TabGallery() {
  const { name, theme } = useChoice();
  const snapshot = useMemo(() => snapshotOf(name), [name]);
  return (
    <Frame theme={theme}>
      <PipelinesTabView snapshot={snapshot} live={still} />
    </Frame>
  );
}

export function DeliveryGallery() {
  const { name, theme } = useChoice();
  const snapshot = useMemo(() => snapshotOf(name), [name]);
  return (
    <Frame theme={theme}>
      <DeliveryTabView snapshot={snapshot} live={still} />
    </Frame>
  );
}

export function ManageGallery() {
  const { name, theme } = useChoice();
  const snapshot = useMemo(() => snapshotOf(name), [name]);
  return (
    <Frame theme={theme}>
      <ManageTabView snapshot={snapshot} live={still} />
    </Frame>
  );
}

/** Without a theme in the address, that of the app, which is the browser's. */
function Frame({ theme, children }: { theme: string; children: ReactNode }) {
  const [search] = useSearchParams();
  return (
    <main
      data-kratix=""
      data-theme-mode={search.has('theme') ? theme : undefined}
      style={{ padding: 24, background: 'var(--bui-bg-app)', color: 'var(--bui-fg-primary)', minHeight: '100vh' }}
    >
      <Legible>{children}</Legible>
    </main>
  );
}

function useChoice(): { name: FixtureName; theme: string; only: string[] } {
  const path = useParams()['*'];
  const [search] = useSearchParams();
  return { name: NAMES.find(name => name === path) ?? 'running', theme: search.get('theme') ?? 'light', only: search.get('only')?.split(',') ?? [] };
}

function snapshotOf(name: FixtureName): LiveSnapshot {
  return { state: aRequest(name), fetchedAt: Date.now(), isFirstLoad: false };
}
