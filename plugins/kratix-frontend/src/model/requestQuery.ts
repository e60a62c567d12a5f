import { requestSorts, type Phase, type RequestQuery } from '@kratix-ts/backstage-plugin-kratix-common';
import { PHASES } from './phases';

export const PAGE_SIZES = [25, 50, 100];

export type Sort = (typeof requestSorts)[number];

/** A question about requests as an address holds it; every part is set. */
export interface TableQuery {
  promise: string[];
  namespace: string[];
  requestedBy: string[];
  phase: Phase[];
  text: string;
  sort: Sort;
  order: 'asc' | 'desc';
  limit: number;
  offset: number;
}

const LISTS = { promise: 'offer', namespace: 'namespace', requestedBy: 'by', phase: 'phase' } as const;

/** Reads an address; what it does not say or says wrongly is as it is at first. */
export function readQuery(search: URLSearchParams): TableQuery {
  const sort = requestSorts.find(name => name === search.get('sort')) ?? 'attention';
  const size = Number(search.get('size'));
  const offset = Number(search.get('from'));
  return {
    promise: search.getAll(LISTS.promise),
    namespace: search.getAll(LISTS.namespace),
    requestedBy: search.getAll(LISTS.requestedBy),
    phase: PHASES.filter(phase => search.getAll(LISTS.phase).includes(phase)),
    text: search.get('text') ?? '',
    sort,
    order: search.get('order') === 'desc' ? 'desc' : 'asc',
    limit: PAGE_SIZES.includes(size) ? size : PAGE_SIZES[0],
    offset: Number.isSafeInteger(offset) && offset > 0 ? offset : 0,
  };
}

/** The address of a changed question. Whatever changes but the page leads to the first page. */
export function writeQuery(search: URLSearchParams, change: Partial<TableQuery>): URLSearchParams {
  const query = { ...readQuery(search), offset: 0, ...change };
  const next = new URLSearchParams(search);
  for (const [field, name] of Object.entries(LISTS)) {
    next.delete(name);
    query[field as keyof typeof LISTS].forEach(value => next.append(name, value));
  }
  const first = readQuery(new URLSearchParams());
  const texts: [string, string, boolean][] = [
    ['text', query.text, query.text !== ''],
    ['sort', query.sort, query.sort !== first.sort],
    ['order', query.order, query.order !== first.order],
    ['size', String(query.limit), query.limit !== first.limit],
    ['from', String(query.offset), query.offset > 0],
  ];
  for (const [name, value, isTold] of texts) {
    if (isTold) next.set(name, value);
    else next.delete(name);
  }
  return next;
}

/** Whether only some requests are asked for. */
export function isFiltered({ promise, namespace, requestedBy, phase, text }: TableQuery): boolean {
  return text.trim() !== '' || [promise, namespace, requestedBy, phase].some(list => list.length > 0);
}

/** The question as the backend takes it, without what says nothing. */
export function toRequestQuery({ promise, namespace, requestedBy, phase, text, ...rest }: TableQuery): RequestQuery {
  return {
    ...(promise.length > 0 && { promise }),
    ...(namespace.length > 0 && { namespace }),
    ...(requestedBy.length > 0 && { requestedBy }),
    ...(phase.length > 0 && { phase }),
    ...(text.trim() && { text: text.trim() }),
    ...rest,
  };
}
