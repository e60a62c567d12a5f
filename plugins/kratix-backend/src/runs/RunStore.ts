import type { RunContent } from '@kratix-ts/backstage-plugin-kratix-common';

/** What a run was given is known from its begin, what it left when it has ended. */
export type PartName = 'input' | 'outcome';

/** A part of what is kept of a run, without its content. */
export interface PartId {
  /** Of the request. */
  uid: string;
  run: string;
  part: PartName;
  /** Another one where the content is to be written anew. */
  version: string;
}

export interface RunPart extends PartId {
  content: RunContent;
}

/** Keeps what runs were given and what they left, for when the cluster holds something newer. */
export interface RunStore {
  /** Uids of the requests of which something is kept. */
  requests(cluster: string): Promise<string[]>;
  /** What is kept of a request, the oldest first. */
  kept(cluster: string, uid: string): Promise<PartId[]>;
  /** Replaces parts that are there. */
  save(cluster: string, parts: RunPart[]): Promise<void>;
  /** What is kept of a run; empty where that is nothing. */
  find(cluster: string, uid: string, run: string): Promise<RunContent>;
  /** Drops all of a request. */
  forget(cluster: string, uid: string): Promise<void>;
}
