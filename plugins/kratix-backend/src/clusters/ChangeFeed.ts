/** What changed in a cluster since the last call. */
export interface Changes {
  /** Everything may have changed: the first complete state, or a kind that came or went. */
  all: boolean;
  /** `<plural>.<group>/<namespace>/<name>` of requests whose state may be another. */
  requests: string[];
  /** Names of Promises. */
  promises: string[];
  /** Names of Destinations. */
  destinations: string[];
  /** `<plural>.<group>/<namespace>/<name>` of other objects of the platform: stores, health records, placements' Destinations. */
  objects: string[];
}

/** One burst of events becomes one call. */
const GATHER_MS = 75;

/** Gathers changes and hands them out together. Until `isSettled` says so, it keeps silent: the first state is no change. */
export class ChangeFeed {
  private readonly handlers = new Set<(changes: Changes) => void>();
  private readonly requests = new Set<string>();
  private readonly promises = new Set<string>();
  private readonly destinations = new Set<string>();
  private readonly objects = new Set<string>();
  private all = true;
  private timer?: NodeJS.Timeout;
  private isStopped = false;

  constructor(private readonly isSettled: () => boolean) {}

  subscribe(handler: (changes: Changes) => void): () => void {
    this.handlers.add(handler);
    return () => this.handlers.delete(handler);
  }

  request(ref: string): void {
    this.requests.add(ref);
    this.schedule();
  }

  promise(name: string): void {
    this.promises.add(name);
    this.schedule();
  }

  destination(name: string): void {
    this.destinations.add(name);
    this.schedule();
  }

  object(ref: string): void {
    this.objects.add(ref);
    this.schedule();
  }

  everything(): void {
    this.all = true;
    this.schedule();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.timer || this.isStopped) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.isSettled()) this.flush();
    }, GATHER_MS);
  }

  private flush(): void {
    const { all } = this;
    const [requests, promises, destinations, objects] = [this.requests, this.promises, this.destinations, this.objects].map(names => [...names]);
    const changes = { all, requests, promises, destinations, objects };
    this.all = false;
    for (const names of [this.requests, this.promises, this.destinations, this.objects]) names.clear();
    this.handlers.forEach(handler => handler(changes));
  }
}
