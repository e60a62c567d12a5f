import type { ServerResponse } from 'node:http';
import { fromStored, jsonOf } from '../registry/convert';
import { badRequest, expired } from '../registry/errors';
import type { ObjectFilter } from '../registry/selectors';
import { apiVersionOf } from '../resources/resource';
import type { Json } from '../schema/types';
import type { Change, Entry, Store } from '../store/store';
import { renderTable, type TableOptions } from '../table/table';
import { inNamespace, parseRevision, type Collection } from './list';
import type { Negotiated } from './negotiate';
import { flag } from './request';

/** A client that does not read loses its watch when this much waits for it, in bytes. */
const LARGEST_BACKLOG = 32e6;
/** How much of what is there is sent at a time, in characters. */
const CHUNK = 256 * 1024;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** Refuses combinations of parameters that contradict each other. */
export function checkQuery(query: URLSearchParams): void {
  const initial = query.get('sendInitialEvents');
  const match = query.get('resourceVersionMatch');
  if (initial !== null && match !== 'NotOlderThan') {
    throw badRequest('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  if (initial === null && match) throw badRequest('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  const revision = query.get('resourceVersion');
  if (revision) parseRevision(revision);
}

export interface WatchOptions {
  collection: Collection;
  negotiated: Negotiated;
  filter: ObjectFilter | undefined;
  query: URLSearchParams;
}

/** One open watch: what a client was told, and what it wants to hear of. */
export class Watch {
  readonly #store: Store;
  readonly #response: ServerResponse;
  readonly #options: WatchOptions;
  readonly #wantsBookmarks: boolean;
  #unsubscribe: (() => void) | undefined;
  #sentHeader = false;
  #seen = 0;
  /** Changes that came while what was there before is still being sent. */
  #late: Change[] | undefined;
  /** What is put together before it is written, in characters. */
  #pending: string[] | undefined;

  constructor(store: Store, response: ServerResponse, options: WatchOptions) {
    this.#store = store;
    this.#response = response;
    this.#options = options;
    this.#wantsBookmarks = flag(options.query, 'allowWatchBookmarks');
  }

  /** Sends what the client has missed, and listens from then on. False when it asks for what is forgotten. */
  begin(): boolean {
    const { collection, query } = this.#options;
    const { storage } = collection.resource;
    const asked = query.get('resourceVersion') ?? '';
    const wantsInitial = flag(query, 'sendInitialEvents');
    const fromNow = wantsInitial || (query.get('sendInitialEvents') === null && (asked === '' || asked === '0'));
    const start = fromNow || asked === '' || asked === '0' ? this.#store.revision : Number(asked);
    const missed = this.#store.since(storage, start);
    if (!missed) {
      const status = expired(`too old resource version: ${start} (${this.#store.oldestRevision})`).toStatus();
      this.#response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
      return false;
    }
    this.#seen = start;
    this.#late = [...missed];
    this.#unsubscribe = this.#store.subscribe(storage, change => (this.#late ? void this.#late.push(change) : this.#onChange(change)));
    void this.#catchUp(fromNow ? [...this.#store.list(storage)] : [], wantsInitial ? start : undefined);
    return true;
  }

  /** Sends what is there, as fast as the client reads, the bookmark of its revision if wanted, and what has changed meanwhile. */
  async #catchUp(entries: Entry[], bookmark: number | undefined): Promise<void> {
    for (let at = 0; at < entries.length && !this.#response.destroyed; ) {
      const lines: string[] = (this.#pending = []);
      for (let size = 0; at < entries.length && size < CHUNK; at++) {
        this.#sendIfWanted('ADDED', entries[at]);
        size += entries[at].json.length;
      }
      this.#pending = undefined;
      if (lines.length > 0 && !this.#response.write(lines.join(''))) await this.#drained();
    }
    if (bookmark !== undefined) this.#sendBookmark(bookmark, { [INITIAL_EVENTS_END]: 'true' });
    const late = this.#late ?? [];
    this.#late = undefined;
    for (const change of late) this.#onChange(change);
  }

  #drained(): Promise<void> {
    return new Promise(resolve => {
      const go = () => {
        this.#response.off('drain', go).off('close', go);
        resolve();
      };
      this.#response.on('drain', go).on('close', go);
    });
  }

  end(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    if (!this.#response.writableEnded) this.#response.end();
  }

  bookmark(): void {
    if (this.#wantsBookmarks && this.#unsubscribe && !this.#late) this.#sendBookmark(this.#store.delivered);
  }

  /** An object that comes to match is ADDED, one that matches no more is DELETED, whatever really happened to it. */
  #onChange({ type, revision, entry, previous }: Change): void {
    if (revision <= this.#seen) return;
    this.#seen = revision;
    const { collection, filter } = this.#options;
    if (!inNamespace(entry, collection)) return;
    const matched = previous !== undefined && (!filter || filter(previous.object));
    const matches = type !== 'DELETED' && (!filter || filter(entry.object));
    if (matches) this.#send(matched ? 'MODIFIED' : 'ADDED', entry);
    else if (matched) this.#send('DELETED', type === 'DELETED' ? entry : leaving(previous, revision));
  }

  #sendIfWanted(type: EventType, entry: Entry): void {
    const { collection, filter } = this.#options;
    if (inNamespace(entry, collection) && (!filter || filter(entry.object))) this.#send(type, entry);
  }

  #send(type: EventType, entry: Entry): void {
    const { collection, negotiated } = this.#options;
    const { resource, version } = collection;
    if (negotiated.form === 'object') this.#write(`{"type":"${type}","object":${jsonOf(entry, resource, version.name)}}\n`);
    else this.#write(`${JSON.stringify({ type, object: this.#reduced(fromStored(entry.object, resource, version.name)) })}\n`);
  }

  #reduced(object: Json): Json {
    const { negotiated, collection, query } = this.#options;
    if (negotiated.form === 'PartialObjectMetadata') return partial(object, negotiated.version);
    const options: TableOptions = { includeObject: query.get('includeObject') ?? 'Metadata', version: negotiated.version, withHeader: !this.#sentHeader };
    this.#sentHeader = true;
    return renderTable([object], collection, options);
  }

  #sendBookmark(revision: number, annotations?: Record<string, string>): void {
    const { resource, version } = this.#options.collection;
    const object = {
      kind: resource.kind,
      apiVersion: apiVersionOf(resource.group, version.name),
      metadata: { resourceVersion: String(revision), creationTimestamp: null, ...(annotations ? { annotations } : {}) },
    };
    this.#write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  #write(line: string): void {
    if (this.#pending) {
      this.#pending.push(line);
      return;
    }
    if (this.#response.writableEnded) return;
    this.#response.write(line);
    if (this.#response.writableLength > LARGEST_BACKLOG) this.#response.destroy();
  }
}

/** What a client is told of an object that it no longer selects: its last matching form, under the new revision. */
function leaving(previous: Entry, revision: number): Entry {
  const object = { ...previous.object, metadata: { ...previous.object.metadata, resourceVersion: String(revision) } };
  return { ...previous, object, json: JSON.stringify(object) };
}

export function partial(object: Json, version: string): Json {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata };
}
