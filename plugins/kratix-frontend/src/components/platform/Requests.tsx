import { createContext, memo, useContext, useMemo, useRef, type ReactNode } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Button, ButtonLink, Card, CardBody } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { RiCloseLine } from '@remixicon/react';
import type { RequestPage, RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { sameParts } from '../../live/sameParts';
import { useLiveQuery, type LiveView } from '../../live/useLiveQuery';
import { isFiltered, readQuery, toRequestQuery, writeQuery, type TableQuery } from '../../model/requestQuery';
import { steadyRows } from '../../model/steadyRows';
import { templatesRouteRef } from '../../routes';
import { Hidden } from '../Hidden';
import { useStable } from '../useStable';
import { useWords } from '../useWords';
import { EmptyState, LoadingRows, NoAnswer, OldAnswer } from './Notices';
import { Pager } from './Pager';
import { PhaseCounts } from './PhaseCounts';
import { RequestFilters } from './RequestFilters';
import { RequestTable } from './RequestTable';
import { usePromiseAddress, useRequestAddress } from './useAddresses';
import styles from './Requests.module.css';

interface Props {
  /** Only the requests of one Promise. */
  of?: { cluster: string; promise: string };
  /** Between the counts and the table, while nothing is filtered. */
  children?: ReactNode;
  actionsOf?(request: RequestSummary): ReactNode;
}

/** Requests, live: counts, filters, a page of the table. The address holds the question. */
export function Requests({ of, children, actionsOf }: Props) {
  const [search, setSearch] = useSearchParams();
  const query = useMemo(() => readQuery(search), [search]);
  const asked = { ...toRequestQuery(query), ...(of && { cluster: of.cluster, promise: [of.promise] }) };
  const key = `requests ${JSON.stringify(asked)}`;
  const view = useLiveQuery(
    key,
    (api, signal) => api.requests(asked, signal),
    change => !of || change.cluster === of.cluster,
  );
  const change = useStable((next: Partial<TableQuery>) => setSearch(writeQuery(search, next), { replace: true, preventScrollReset: true }));
  return (
    <RequestsView view={view} question={key} query={query} of={of} actionsOf={actionsOf} onChange={change}>
      {children}
    </RequestsView>
  );
}

interface ViewProps extends Props {
  view: LiveView<RequestPage>;
  /** What `view` answers. */
  question: string;
  query: TableQuery;
  onChange(change: Partial<TableQuery>): void;
}

/** The same without the fetching. */
export function RequestsView({ view, question, query, of, children, actionsOf, onChange }: ViewProps) {
  const requestAddress = useRequestAddress();
  const promiseAddress = usePromiseAddress();
  const rows = useSteady(view, question);
  const { value: page, problem } = view;
  const values = useSameValues(page?.values);
  if (!page) {
    return problem ? <NoAnswer problem={problem} onRetry={view.refresh} /> : <LoadingRows />;
  }
  const isEmpty = page.total === 0 && !isFiltered(query) && Object.keys(page.counts).length === 0;
  return (
    <div className={styles.requests}>
      <OldAnswer view={view} />
      {!isEmpty && <PhaseCounts counts={page.counts} chosen={query.phase} onChoose={phase => onChange({ phase })} />}
      {!isFiltered(query) && children}
      <TableContext.Provider value={{ page, rows, values, isEmpty, isOld: view.isOld, query, of, requestAddress, promiseAddress, actionsOf, onChange }}>
        <TableCard />
      </TableContext.Provider>
    </div>
  );
}

interface TableProps extends Pick<ViewProps, 'query' | 'of' | 'actionsOf' | 'onChange'> {
  page: RequestPage;
  rows: RequestSummary[];
  values?: RequestPage['values'];
  isEmpty: boolean;
  isOld: boolean;
  requestAddress: ReturnType<typeof useRequestAddress>;
  promiseAddress: ReturnType<typeof usePromiseAddress>;
}

const TableContext = createContext<TableProps | undefined>(undefined);

/**
 * Takes nothing, so that it is drawn once: a card of the kit that is drawn anew draws every field and button in it anew,
 * memoised or not, and each drawing of those leaves memory behind for as long as they stay.
 */
const TableCard = memo(() => (
  <Card>
    <CardBody>
      <CardContent />
    </CardBody>
  </Card>
));

function CardContent() {
  const { t } = useWords();
  const shown = useContext(TableContext);
  if (!shown) return null;
  const { page, rows, values, isEmpty, isOld, query, of, onChange, ...rest } = shown;
  return (
    <>
      {!isEmpty && <RequestFilters query={query} values={values} choosesPromise={!of} onChange={onChange} />}
      <Hidden>
        <span role="status">{t('platform.requests.found', { count: page.total })}</span>
      </Hidden>
      {rows.length > 0 ? (
        <>
          <RequestTable
            rows={rows}
            sort={query.sort}
            order={query.order}
            showsOffer={!of}
            isOld={isOld}
            onSort={(sort, order) => onChange({ sort, order })}
            {...rest}
          />
          <Pager offset={page.offset} limit={query.limit} total={page.total} onChange={onChange} />
        </>
      ) : (
        <NoRequests isEmpty={isEmpty} onChange={onChange} />
      )}
    </>
  );
}

function NoRequests({ isEmpty, onChange }: { isEmpty: boolean; onChange(change: Partial<TableQuery>): void }) {
  const { t } = useWords();
  const templates = useRouteRef(templatesRouteRef);
  if (!isEmpty) {
    const clear = () => onChange({ text: '', promise: [], namespace: [], requestedBy: [], phase: [] });
    const button = (
      <Button size="small" variant="secondary" iconStart={<RiCloseLine aria-hidden />} onPress={clear}>
        {t('platform.requests.clear')}
      </Button>
    );
    return <EmptyState title={t('platform.requests.noMatch')} action={button} />;
  }
  const offers = templates && (
    <ButtonLink variant="primary" href={templates()}>
      {t('platform.requests.seeOffers')}
    </ButtonLink>
  );
  return (
    <EmptyState title={t('platform.requests.none')} action={offers}>
      {t('platform.requests.noneText')}
    </EmptyState>
  );
}

/**
 * The rows of the page. While the question stays the same they keep their order, so that nothing jumps under a pointer;
 * a row that an answer to another question shows as it was is the same object, and not drawn again.
 */
function useSteady(view: LiveView<RequestPage>, question: string): RequestSummary[] {
  const shown = useRef<{ question: string; page?: RequestPage; rows: RequestSummary[] }>({ question: '', rows: [] });
  const { value: page, isOld } = view;
  if (!page) return [];
  if (shown.current.page !== page || (shown.current.question !== question && !isOld)) {
    const isSame = shown.current.question === question;
    const known = new Map(shown.current.rows.map(row => [keyOf(row), row]));
    const items = page.items.map(row => sameParts(known.get(keyOf(row)), row));
    const rows = isSame ? steadyRows(shown.current.rows, items, keyOf) : items;
    shown.current = { question: isOld ? shown.current.question : question, page, rows };
  }
  return shown.current.rows;
}

const keyOf = ({ cluster, uid }: RequestSummary) => `${cluster}/${uid}`;

/** What the filters offer; the same object while the values are the same, whatever question they came with. */
function useSameValues(values: RequestPage['values'] | undefined): RequestPage['values'] | undefined {
  const last = useRef(values);
  if (values) last.current = sameParts(last.current, values);
  return last.current;
}
