import type { Resource } from '../resources/resource';
import type { Json } from '../schema/types';

export interface User {
  username: string;
  uid?: string;
  groups: string[];
  extra?: Record<string, string[]>;
}

export const ANONYMOUS: User = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Parts of this process that write without HTTP. */
export const LOCAL: User = { username: 'system:local-cluster', groups: ['system:masters', 'system:authenticated'] };

/** What a call wants to do, as authorisers see it. */
export interface Attributes {
  verb: string;
  /** Set for what is no resource, such as `/version`. */
  path?: string;
  group?: string;
  version?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

export interface Decision {
  allowed: boolean;
  reason?: string;
}

export type Authorizer = (user: User, attributes: Attributes) => Decision;

export interface AdmissionRequest {
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  resource: Resource;
  /** The version in which the objects are. */
  version: string;
  subresource?: string;
  namespace?: string;
  name: string;
  user: User;
  fieldManager?: string;
  object?: Json;
  oldObject?: Json;
  dryRun: boolean;
}

/** Sees every write before it is validated; may change `object` in place, and throws a StatusError to refuse. */
export type Admission = (request: AdmissionRequest) => void;

export const admitEverything: Admission = () => undefined;
