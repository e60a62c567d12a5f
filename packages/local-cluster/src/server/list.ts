import { StatusError } from '../api';
import { fromStored, jsonOf } from '../registry/convert';
import { badRequest, expired } from '../registry/errors';
import { bothFilters, fieldFilter, labelFilter, type ObjectFilter } from '../registry/selectors';
import { apiVersionOf, type Resource, type ResourceVersion } from '../resources/resource';
import type { Entry, Store } from '../store/store';

export interface Collection {
  resource: Resource;
  version: ResourceVersion;
  /** All namespaces when it is missing. */
  namespace?: string;
}

/** What a list or watch shows: selectors, seen in the version that the client asked for. */
export function filterOf({ resource, version }: Collection, query: URLSearchParams): ObjectFilter | undefined {
  const filter = bothFilters(labelFilter(query.get('labelSelector') ?? ''), fieldFilter(query.get('fieldSelector') ?? '', version.selectableFields));
  return filter && (object => filter(fromStored(object, resource, version.name)));
}

export function inNamespace(entry: Entry, { resource, namespace }: Collection): boolean {
  return namespace === undefined || !resource.namespaced || entry.object.metadata.namespace === namespace;
}

export interface Page {
  entries: Entry[];
  revision: number;
  continue?: string;
  remaining?: number;
}

interface Continue {
  v: 'meta.k8s.io/v1';
  rv: number;
  start: string;
}

const EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** One page of a list, at the revision that the query asks for. */
export function listPage(store: Store, collection: Collection, query: URLSearchParams): Page {
  const limit = wholeNumber(query.get('limit'), 'limit');
  const token = query.get('continue');
  const start = token ? readContinue(token) : undefined;
  const revision = start?.rv ?? revisionOf(store, query);
  const all = store.listAt(collection.resource.storage, revision);
  if (!all) {
    if (start) throw expired(EXPIRED);
    throw expired(`The resourceVersion for the provided list is too old.`);
  }
  const filter = filterOf(collection, query);
  const matching = all.filter(entry => inNamespace(entry, collection) && (!filter || filter(entry.object)) && (!start || entry.key >= start.start));
  if (!limit || matching.length <= limit) return { entries: matching, revision };
  const next: Continue = { v: 'meta.k8s.io/v1', rv: revision, start: matching[limit].key };
  return {
    entries: matching.slice(0, limit),
    revision,
    continue: Buffer.from(JSON.stringify(next)).toString('base64url'),
    ...(filter ? {} : { remaining: matching.length - limit }),
  };
}

function wholeNumber(text: string | null, name: string): number {
  if (!text) return 0;
  if (!/^\d+$/.test(text)) throw badRequest(`${name}: ${JSON.stringify(text)} is no whole number`);
  return Number(text);
}

function readContinue(token: string): Continue {
  try {
    const read = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Continue;
    if (read.v === 'meta.k8s.io/v1' && Number.isInteger(read.rv) && typeof read.start === 'string') return read;
  } catch {
    // Answered below.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

/** Lists show the newest state, or exactly an older one where the client insists. */
function revisionOf(store: Store, query: URLSearchParams): number {
  const asked = query.get('resourceVersion');
  const match = query.get('resourceVersionMatch');
  if (match && !asked) throw badRequest('resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (!asked || asked === '0') return store.revision;
  const revision = parseRevision(asked);
  if (revision > store.revision) throw tooLarge(revision, store.revision);
  return match === 'Exact' ? revision : store.revision;
}

export function parseRevision(text: string): number {
  if (!/^\d+$/.test(text)) throw badRequest(`invalid resource version ${JSON.stringify(text)}: it is a number`);
  return Number(text);
}

export function tooLarge(asked: number, current: number): StatusError {
  return new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** The text of a list answer, put together from the texts of its objects. */
export function listJson(page: Page, { resource, version }: Collection): string {
  const metadata = {
    resourceVersion: String(page.revision),
    ...(page.continue ? { continue: page.continue } : {}),
    ...(page.remaining ? { remainingItemCount: page.remaining } : {}),
  };
  const head = JSON.stringify({ kind: resource.listKind, apiVersion: apiVersionOf(resource.group, version.name), metadata });
  return `${head.slice(0, -1)},"items":[${page.entries.map(entry => jsonOf(entry, resource, version.name)).join(',')}]}`;
}
