import { createContext, memo, useContext, type ReactNode } from 'react';
import { Button, ButtonLink, Card, CardBody } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { RiCloseLine } from '@remixicon/react';
import type { RequestPage, RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import type { TableQuery } from '../../model/requestQuery';
import { templatesRouteRef } from '../../routes';
import { Hidden } from '../Hidden';
import { useWords } from '../useWords';
import { EmptyState } from './Notices';
import { Pager } from './Pager';
import { RequestFilters } from './RequestFilters';
import { RequestTable } from './RequestTable';
import type { usePromiseAddress, useRequestAddress } from './useAddresses';

interface Props {
  page: RequestPage;
  rows: RequestSummary[];
  /** What the filters offer; the same object as long as it is the same. */
  values?: RequestPage['values'];
  /** True where there is nothing at all, filtered or not. */
  isEmpty: boolean;
  /** True while the rows still answer an older question. */
  isOld: boolean;
  query: TableQuery;
  /** Only the requests of one Promise. */
  of?: { cluster: string; promise: string };
  requestAddress: ReturnType<typeof useRequestAddress>;
  promiseAddress: ReturnType<typeof usePromiseAddress>;
  actionsOf?(request: RequestSummary): ReactNode;
  onChange(change: Partial<TableQuery>): void;
}

const ShownContext = createContext<Props | undefined>(undefined);

function Content() {
  const { t } = useWords();
  const shown = useContext(ShownContext);
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

/**
 * Takes nothing, so that it is drawn once: a card of the kit that is drawn anew draws every field and button in it anew,
 * memoised or not, and each drawing of those leaves memory behind for as long as they stay.
 */
const Frame = memo(() => (
  <Card>
    <CardBody>
      <Content />
    </CardBody>
  </Card>
));

/** Filters, table and pager. Only what changes in them is drawn anew. */
export function RequestsCard(props: Props) {
  return (
    <ShownContext.Provider value={props}>
      <Frame />
    </ShownContext.Provider>
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
