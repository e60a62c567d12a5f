import { useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { DeliveryTabView } from '../src/components/delivery/DeliveryTab';
import { PipelinesCardView } from '../src/components/pipelines/PipelinesCard';
import { PipelinesTabView } from '../src/components/pipelines/PipelinesTab';
import { StatusCardView } from '../src/components/status/StatusCard';
import { aRequest, NAMES, type FixtureName } from '../src/fixtures/requests';
import type { LiveSnapshot } from '../src/live/LiveRequest';

/**
 * Every card in every phase, from fixtures. `?show=status|card|tab|delivery` chooses the page, `?phase=running` the
 * fixture of the tabs, `?theme=dark` the theme.
 */
export function Gallery() {
  const [params] = useSearchParams();
  const theme = params.get('theme') ?? 'light';
  const show = params.get('show') ?? 'status';
  const phase = NAMES.find(name => name === params.get('phase')) ?? 'running';
  document.documentElement.dataset.themeMode = theme;
  document.body.dataset.themeMode = theme;
  return (
    <main style={{ padding: 24, background: 'var(--bui-bg-app)', color: 'var(--bui-fg-primary)', minHeight: '100vh' }}>
      {show === 'status' && <StatusCards />}
      {show === 'card' && <OneOf phase={phase} view={snapshot => <PipelinesCardView snapshot={snapshot} />} />}
      {show === 'tab' && <OneOf phase={phase} view={snapshot => <PipelinesTabView snapshot={snapshot} />} />}
      {show === 'delivery' && <OneOf phase={phase} view={snapshot => <DeliveryTabView snapshot={snapshot} />} />}
    </main>
  );
}

function OneOf({ phase, view }: { phase: FixtureName; view: (snapshot: LiveSnapshot) => JSX.Element }) {
  const snapshot = useMemo(() => snapshotOf(phase), [phase]);
  return view(snapshot);
}

function StatusCards() {
  const snapshots = useMemo(() => NAMES.map(name => ({ name, snapshot: snapshotOf(name) })), []);
  const more: { name: string; snapshot: LiveSnapshot }[] = [
    { name: 'loading', snapshot: { isFirstLoad: true } },
    { name: 'denied', snapshot: { isFirstLoad: false, problem: { kind: 'denied', words: 'Unauthorized' } } },
    { name: 'gone', snapshot: { isFirstLoad: false, problem: { kind: 'gone', words: 'not found' } } },
    { name: 'error', snapshot: { isFirstLoad: false, problem: { kind: 'failed', words: 'upstream is not reachable' } } },
    { name: 'old', snapshot: { ...snapshotOf('ready'), problem: { kind: 'failed', words: 'Failed to fetch' } } },
  ];
  return (
    <div style={{ display: 'grid', gap: 24, gridTemplateColumns: 'repeat(auto-fill, minmax(min(360px, 100%), 1fr))', alignItems: 'start' }}>
      {[...snapshots, ...more].map(({ name, snapshot }) => (
        <StatusCardView key={name} snapshot={snapshot} />
      ))}
    </div>
  );
}

function snapshotOf(name: FixtureName): LiveSnapshot {
  return { state: aRequest(name), fetchedAt: Date.now(), isFirstLoad: false };
}
