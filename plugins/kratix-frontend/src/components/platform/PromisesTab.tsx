import { humanise, type PromiseSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveQuery } from '../../live/useLiveQuery';
import { troubleFirst, troubleOfPromise } from '../../model/troubleFirst';
import { MiddleTruncate } from '../MiddleTruncate';
import { useFormats, useWords } from '../useWords';
import { NameLink } from './NameLink';
import { EmptyState } from './Notices';
import { PlatformList } from './PlatformList';
import { Readiness } from './Readiness';
import { SimpleTable, type SimpleColumn } from './SimpleTable';
import { usePromiseAddress } from './useAddresses';
import tables from './Table.module.css';

/** What the platform offers, failing first. */
export function PromisesTab() {
  const { t } = useWords();
  const view = useLiveQuery('promises', (api, signal) => api.promises(undefined, signal));
  const empty = <EmptyState title={t('platform.promises.none')}>{t('platform.promises.noneText')}</EmptyState>;
  return (
    <PlatformList view={view} empty={empty}>
      {promises => <PromiseTable promises={troubleFirst(promises, troubleOfPromise)} />}
    </PlatformList>
  );
}

function PromiseTable({ promises }: { promises: PromiseSummary[] }) {
  const { t } = useWords();
  const { number } = useFormats();
  const columns: SimpleColumn<PromiseSummary>[] = [
    { id: 'name', label: t('platform.promises.name'), width: '30%', cell: promise => <PromiseName promise={promise} /> },
    { id: 'state', label: t('platform.promises.state'), cell: promise => <PromiseReadiness promise={promise} /> },
    { id: 'version', label: t('platform.promises.version'), width: '12%', cell: ({ version }) => version },
    { id: 'requests', label: t('platform.promises.requests'), width: '10%', isNumber: true, cell: ({ requests }) => number(requests) },
    ...clusterColumn(promises, t('platform.promises.cluster')),
  ];
  return <SimpleTable title={t('platform.promises.table')} columns={columns} items={promises} keyOf={({ cluster, name }) => `${cluster}/${name}`} />;
}

/** Says the cluster only where there is more than one. */
export function clusterColumn<T extends { cluster: string }>(items: T[], label: string): SimpleColumn<T>[] {
  const isOne = new Set(items.map(({ cluster }) => cluster)).size <= 1;
  return isOne ? [] : [{ id: 'cluster', label, width: '12%', cell: ({ cluster }) => <MiddleTruncate text={cluster} /> }];
}

function PromiseName({ promise: { cluster, name, api } }: { promise: PromiseSummary }) {
  const address = usePromiseAddress()(cluster, name);
  const title = api ? humanise(api.kind) : name;
  return (
    <>
      <NameLink name={title} href={address} isStrong />
      {api && (
        <span className={tables.quiet}>
          <MiddleTruncate text={name} />
        </span>
      )}
    </>
  );
}

export function PromiseReadiness({ promise: { available, message, api } }: { promise: PromiseSummary }) {
  const { t } = useWords();
  const note = message ?? (api ? undefined : t('platform.promises.noApi'));
  return <Readiness isReady={available} yes={t('platform.promises.available')} no={t('platform.promises.notAvailable')} message={note} />;
}
