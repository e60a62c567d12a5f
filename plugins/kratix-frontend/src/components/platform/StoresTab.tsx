import type { StoreSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveQuery } from '../../live/useLiveQuery';
import { troubleFirst, troubleOfStore } from '../../model/troubleFirst';
import { MiddleTruncate } from '../MiddleTruncate';
import { useWords } from '../useWords';
import { LastWrite } from './LastWrite';
import { EmptyState } from './Notices';
import { PlatformList } from './PlatformList';
import { clusterColumn } from './PromisesTab';
import { Readiness } from './Readiness';
import { SimpleTable, type SimpleColumn } from './SimpleTable';
import tables from './Table.module.css';

/** What files are written to, failing first. */
export function StoresTab() {
  const { t } = useWords();
  const view = useLiveQuery('stores', (api, signal) => api.stores(signal));
  const empty = <EmptyState title={t('platform.places.noStores')}>{t('platform.places.noStoresText')}</EmptyState>;
  return (
    <PlatformList view={view} empty={empty}>
      {stores => <StoreTable stores={troubleFirst(stores, troubleOfStore)} />}
    </PlatformList>
  );
}

function StoreTable({ stores }: { stores: StoreSummary[] }) {
  const { t } = useWords();
  const columns: SimpleColumn<StoreSummary>[] = [
    { id: 'name', label: t('platform.places.name'), width: '18%', cell: store => <Name store={store} /> },
    {
      id: 'state',
      label: t('platform.places.state'),
      cell: ({ ready, message }) => (
        <Readiness isReady={ready} yes={t('platform.places.ready')} no={t('platform.places.notReady')} message={message} />
      ),
    },
    { id: 'queue', label: t('platform.places.queue'), width: '12%', cell: store => <Queue store={store} /> },
    { id: 'address', label: t('platform.places.address'), width: '22%', cell: store => <Address store={store} /> },
    { id: 'used', label: t('platform.places.usedBy'), width: '12%', cell: ({ destinations }) => destinations.join(', ') || t('platform.none') },
    { id: 'write', label: t('platform.places.lastWrite'), width: '12%', cell: ({ lastWrite }) => <LastWrite write={lastWrite} /> },
    ...clusterColumn(stores, t('platform.promises.cluster')),
  ];
  return <SimpleTable title={t('platform.places.stores')} columns={columns} items={stores} keyOf={({ cluster, kind, name }) => `${cluster}/${kind}/${name}`} />;
}

function Name({ store: { kind, name } }: { store: StoreSummary }) {
  return (
    <>
      <span className={tables.strong}>
        <MiddleTruncate text={name} />
      </span>
      <span className={tables.quiet}>{kind}</span>
    </>
  );
}

function Address({ store: { url, branch } }: { store: StoreSummary }) {
  const { t } = useWords();
  return (
    <>
      {url}
      {branch && <span className={tables.quiet}>{t('platform.places.branch', { branch })}</span>}
    </>
  );
}

function Queue({ store: { queued, failed } }: { store: StoreSummary }) {
  const { t } = useWords();
  if (queued === 0 && failed === 0) return <span className={tables.quiet}>{t('platform.none')}</span>;
  return (
    <>
      {failed > 0 && <span className={`${tables.line} ${tables.strong}`}>{t('platform.places.failed', { count: failed })}</span>}
      {queued > 0 && <span className={tables.line}>{t('platform.places.pending', { count: queued })}</span>}
    </>
  );
}
