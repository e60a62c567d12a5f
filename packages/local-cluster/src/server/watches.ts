import type { ServerResponse } from 'node:http';
import type { Store } from '../store/store';
import { filterOf, type Collection } from './list';
import type { Negotiated } from './negotiate';
import type { Call } from './request';
import { checkQuery, Watch } from './watch';

/** Seconds. */
const LONGEST = 3600;

/** All open watches; it sends their bookmarks and ends them with the server. */
export class Watches {
  readonly #store: Store;
  readonly #open = new Set<Watch>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Answers a watch: everything that the query asks to begin with, then each change until somebody ends it. */
  async serve(call: Call, collection: Collection, negotiated: Negotiated, response: ServerResponse): Promise<void> {
    const { query } = call;
    checkQuery(query);
    const filter = filterOf(collection, query);
    const watch = new Watch(this.#store, response, { collection, negotiated, filter, query });
    const seconds = Math.min(Number(query.get('timeoutSeconds')) || LONGEST, LONGEST);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
    response.flushHeaders();
    if (!watch.begin()) return;
    this.#add(watch);
    const timeout = setTimeout(() => watch.end(), seconds * 1000);
    timeout.unref();
    await new Promise<void>(resolve => response.once('close', resolve));
    clearTimeout(timeout);
    watch.end();
    this.#remove(watch);
  }

  end(): void {
    for (const watch of this.#open) watch.end();
  }

  /** The minute's bookmarks; a clock runs only while somebody wants them. */
  #add(watch: Watch): void {
    this.#open.add(watch);
    this.#timer ??= setInterval(() => {
      for (const open of this.#open) open.bookmark();
    }, 60_000).unref();
  }

  #remove(watch: Watch): void {
    this.#open.delete(watch);
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
