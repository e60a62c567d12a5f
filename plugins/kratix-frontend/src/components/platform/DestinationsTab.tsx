import type { DestinationSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveQuery } from '../../live/useLiveQuery';
import { troubleFirst, troubleOfDestination } from '../../model/troubleFirst';
import { MiddleTruncate } from '../MiddleTruncate';
import { useWords } from '../useWords';
import { Labels } from './Labels';
import { LastWrite } from './LastWrite';
import { EmptyState } from './Notices';
import { PlatformList } from './PlatformList';
import { clusterColumn } from './PromisesTab';
import { Readiness } from './Readiness';
import { SimpleTable, type SimpleColumn } from './SimpleTable';
import tables from './Table.module.css';

/** Where files go, failing first. */
export function DestinationsTab() {
  const { t } = useWords();
  const view = useLiveQuery('destinations', (api, signal) => api.destinations(signal));
  const empty = <EmptyState title={t('platform.places.noDestinations')}>{t('platform.places.noDestinationsText')}</EmptyState>;
  return (
    <PlatformList view={view} empty={empty}>
      {destinations => <DestinationTable destinations={troubleFirst(destinations, troubleOfDestination)} />}
    </PlatformList>
  );
}

function DestinationTable({ destinations }: { destinations: DestinationSummary[] }) {
  const { t } = useWords();
  const columns: SimpleColumn<DestinationSummary>[] = [
    { id: 'name', label: t('platform.places.name'), width: '18%', cell: destination => <Name destination={destination} /> },
    {
      id: 'state',
      label: t('platform.places.state'),
      cell: ({ ready, message }) => (
        <Readiness isReady={ready} yes={t('platform.places.ready')} no={t('platform.places.notReady')} message={message} />
      ),
    },
    { id: 'placements', label: t('platform.places.placements'), width: '14%', cell: ({ placements }) => <Placements placements={placements} /> },
    { id: 'labels', label: t('platform.places.labels'), width: '18%', cell: destination => <Wanted destination={destination} /> },
    { id: 'store', label: t('platform.places.store'), width: '14%', cell: ({ store }) => store && <Store store={store} /> },
    { id: 'write', label: t('platform.places.lastWrite'), width: '12%', cell: ({ lastWrite }) => <LastWrite write={lastWrite} /> },
    ...clusterColumn(destinations, t('platform.promises.cluster')),
  ];
  return <SimpleTable title={t('platform.places.destinations')} columns={columns} items={destinations} keyOf={({ cluster, name }) => `${cluster}/${name}`} />;
}

function Name({ destination: { name, path, mode } }: { destination: DestinationSummary }) {
  return (
    <>
      <span className={tables.strong}>
        <MiddleTruncate text={name} />
      </span>
      <span className={tables.quiet}>{[path, mode].filter(Boolean).join(' · ')}</span>
    </>
  );
}

function Wanted({ destination: { labels, strictMatchLabels } }: { destination: DestinationSummary }) {
  const { t } = useWords();
  return (
    <>
      <Labels labels={labels} none={t('platform.places.noLabels')} />
      {strictMatchLabels && <span className={tables.quiet}>{t('platform.places.strict')}</span>}
    </>
  );
}

function Store({ store: { kind, name } }: { store: NonNullable<DestinationSummary['store']> }) {
  return (
    <>
      <MiddleTruncate text={name} />
      <span className={tables.quiet}>{kind}</span>
    </>
  );
}

/** Only the states that some placement is in, the bad ones first. */
function Placements({ placements }: { placements: DestinationSummary['placements'] }) {
  const { t } = useWords();
  const states = (['failed', 'misplaced', 'pending', 'delivered'] as const).filter(state => placements[state] > 0);
  if (states.length === 0) return <span className={tables.quiet}>{t('platform.places.nothing')}</span>;
  return (
    <>
      {states.map(state => (
        <span key={state} className={state === 'delivered' ? tables.line : `${tables.line} ${tables.strong}`}>
          {t(`platform.places.${state}`, { count: placements[state] })}
        </span>
      ))}
    </>
  );
}
