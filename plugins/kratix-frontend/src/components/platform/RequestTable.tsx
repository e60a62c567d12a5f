import { memo, type ReactNode } from 'react';
import { RiArrowDownLine, RiArrowUpLine } from '@remixicon/react';
import type { RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import type { Sort, TableQuery } from '../../model/requestQuery';
import { Hidden } from '../Hidden';
import { MiddleTruncate } from '../MiddleTruncate';
import { PhaseIcon } from '../phases';
import { QuietLinks } from '../QuietLinks';
import { Sentence } from '../Sentence';
import { Who } from '../status/Who';
import { Ago } from '../Times';
import { useWords } from '../useWords';
import type { RequestAddress } from './useAddresses';
import { NameLink } from './NameLink';
import { as } from './tableRoles';
import tables from './Table.module.css';
import styles from './RequestTable.module.css';

type Column = 'name' | 'promise' | 'namespace' | 'by' | 'phase' | 'since';

interface Props {
  rows: RequestSummary[];
  sort: Sort;
  order: TableQuery['order'];
  /** False where all rows are of one Promise. */
  showsOffer?: boolean;
  /** True while the rows still answer an older question. */
  isOld?: boolean;
  requestAddress: RequestAddress;
  promiseAddress(cluster: string, name: string): string | undefined;
  onSort(sort: Sort, order: TableQuery['order']): void;
  /** Beside each row, such as what one can do with it. */
  actionsOf?(request: RequestSummary): ReactNode;
}

type RowProps = { request: RequestSummary } & Pick<Props, 'showsOffer' | 'requestAddress' | 'promiseAddress' | 'actionsOf'>;

const RequestRow = memo(({ request, showsOffer, requestAddress, promiseAddress, actionsOf }: RowProps) => {
  const { t } = useWords();
  const { cluster, name, kind, namespace, promise, requestedBy, summary, createdAt } = request;
  const address = requestAddress(request);
  const offer = promiseAddress(cluster, promise);
  return (
    <tr {...as.row} data-request={name} data-row-phase={summary.phase} className={styles.row}>
      <th {...as.rowheader} data-column="name">
        <NameLink name={name} href={address} isStrong />
        <span className={tables.quiet}>{kind}</span>
      </th>
      {showsOffer && (
        <td {...as.cell} data-column="promise" data-label={t('platform.requests.offer')}>
          <NameLink name={promise} href={offer} />
        </td>
      )}
      <td {...as.cell} data-column="namespace" data-label={t('platform.requests.namespace')}>
        <MiddleTruncate text={namespace} />
      </td>
      <td {...as.cell} data-column="by" data-label={t('platform.requests.by')}>
        {requestedBy && <Who entityRef={requestedBy} />}
      </td>
      <td {...as.cell} data-column="phase">
        <span className={styles.phase}>
          <PhaseIcon phase={summary.phase} size={18} />
          <span>{t(`phase.${summary.phase}`)}</span>
        </span>
        <span className={`${tables.quiet} ${styles.sentence}`}>
          <Sentence summary={summary} />
        </span>
      </td>
      <td {...as.cell} data-column="since" data-label={t('platform.requests.since')}>
        <Ago time={summary.since ?? createdAt} />
      </td>
      {actionsOf && (
        <td {...as.cell} data-column="actions">
          {actionsOf(request)}
        </td>
      )}
    </tr>
  );
});

/** Requests as rows; on a narrow page, as blocks. A table of the page's own: one of 100 rows has to be drawn at once. */
export function RequestTable({ rows, sort, order, showsOffer = true, isOld, onSort, ...rest }: Props) {
  const { t } = useWords();
  const columns: Column[] = ['name', ...(showsOffer ? (['promise'] as const) : []), 'namespace', 'by', 'phase', 'since'];
  const labels: Record<Column, string> = {
    name: t('platform.requests.name'),
    promise: t('platform.requests.offer'),
    namespace: t('platform.requests.namespace'),
    by: t('platform.requests.by'),
    phase: t('platform.requests.state'),
    since: t('platform.requests.since'),
  };
  return (
    <div className={tables.frame}>
      <QuietLinks>
        <table {...as.table} className={`${tables.table} ${styles.table}`} aria-busy={isOld} data-old={isOld || undefined}>
          <caption>
            <Hidden>{t('platform.requests.table')}</Hidden>
          </caption>
          <thead {...as.rowgroup}>
            <tr {...as.row}>
              {columns.map(column => (
                <SortHeader key={column} column={column} label={labels[column]} sort={sort} order={order} onSort={onSort} />
              ))}
              {rest.actionsOf && (
                <th {...as.columnheader} data-column="actions">
                  <Hidden>{t('actions.menu')}</Hidden>
                </th>
              )}
            </tr>
          </thead>
          <tbody {...as.rowgroup}>
            {rows.map(row => (
              <RequestRow key={`${row.cluster}/${row.uid}`} request={row} showsOffer={showsOffer} {...rest} />
            ))}
          </tbody>
        </table>
      </QuietLinks>
    </div>
  );
}

function SortHeader({ column, label, sort, order, onSort }: { column: Column; label: string } & Pick<Props, 'sort' | 'order' | 'onSort'>) {
  if (column === 'by') {
    return (
      <th {...as.columnheader} data-column={column}>
        {label}
      </th>
    );
  }
  const isChosen = sort === column;
  const next = isChosen && order === 'asc' ? 'desc' : 'asc';
  const direction = order === 'asc' ? 'ascending' : 'descending';
  const Arrow = order === 'asc' ? RiArrowUpLine : RiArrowDownLine;
  return (
    <th {...as.columnheader} data-column={column} aria-sort={isChosen ? direction : 'none'}>
      <button type="button" className={tables.sort} onClick={() => onSort(column, next)}>
        {label}
        {isChosen && <Arrow size={14} aria-hidden />}
      </button>
    </th>
  );
}
