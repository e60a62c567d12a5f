/** Which container's log it is. */
export interface LogKey {
  cluster: string;
  podUid: string;
  container: string;
}

/** Where a log belongs. */
export interface LogPlace {
  /** Promise, namespace and name of the request, with slashes. */
  owner: string;
  /** Empty where the engine keeps no runs. */
  run: string;
  step: string;
  /** RFC 3339. */
  podCreatedAt: string;
}

export interface LogQuestion {
  cluster: string;
  owner: string;
  run?: string;
  step: string;
  container?: string;
  /** Counted from 1; the last where nothing is said. */
  attempt?: number;
}

/** Keeps the ends of logs for when the pods are gone. */
export interface LogStore {
  has(key: LogKey): Promise<boolean>;
  save(key: LogKey, place: LogPlace, text: string): Promise<void>;
  /** The text that was kept; undefined where there is none. */
  find(question: LogQuestion): Promise<string | undefined>;
}
