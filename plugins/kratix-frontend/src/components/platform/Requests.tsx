import { startTransition, useMemo, useRef, useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router-dom';
import type { RequestPage, RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { sameParts } from '../../live/sameParts';
import { useLiveQuery, type LiveView } from '../../live/useLiveQuery';
import { isFiltered, readQuery, toRequestQuery, writeQuery, type TableQuery } from '../../model/requestQuery';
import { steadyRows } from '../../model/steadyRows';
import { useStable } from '../useStable';
import { LoadingRows, NoAnswer, OldAnswer } from './Notices';
import { PhaseCounts } from './PhaseCounts';
import { RequestsCard } from './RequestsCard';
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
  const [query, change] = useQuery();
  const asked = { ...toRequestQuery(query), ...(of && { cluster: of.cluster, promise: [of.promise] }) };
  const key = `requests ${JSON.stringify(asked)}`;
  const view = useLiveQuery(
    key,
    (api, signal) => api.requests(asked, signal),
    ({ cluster }) => !of || cluster === of.cluster,
  );
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
      <RequestsCard
        page={page}
        rows={rows}
        values={values}
        isEmpty={isEmpty}
        isOld={view.isOld}
        query={query}
        of={of}
        requestAddress={requestAddress}
        promiseAddress={promiseAddress}
        actionsOf={actionsOf}
        onChange={onChange}
      />
    </div>
  );
}

/**
 * The question in the address. A change of it shows here at once, and in the address when the browser has time for it: then
 * the whole app is drawn anew, with every option of every field.
 */
function useQuery(): [query: TableQuery, change: (next: Partial<TableQuery>) => void] {
  const [search, setSearch] = useSearchParams();
  const [ahead, setAhead] = useState<URLSearchParams>();
  const text = (ahead ?? search).toString();
  const query = useMemo(() => readQuery(new URLSearchParams(text)), [text]);
  const change = useStable((next: Partial<TableQuery>) => {
    const wanted = writeQuery(ahead ?? search, next);
    setAhead(wanted);
    startTransition(() => {
      setSearch(wanted, { replace: true, preventScrollReset: true });
      setAhead(undefined);
    });
  });
  return [query, change];
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

function keyOf({ cluster, uid }: RequestSummary): string {
  return `${cluster}/${uid}`;
}

/** What the filters offer; the same object while the values are the same, whatever question they came with. */
function useSameValues(values: RequestPage['values'] | undefined): RequestPage['values'] | undefined {
  const last = useRef(values);
  if (values) last.current = sameParts(last.current, values);
  return last.current;
}
