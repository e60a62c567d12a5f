import type { LabelSelector } from '../registry/selectors';
import type { Json } from '../schema/types';
import type { StoredMeta } from '../store/store';

export interface WebhookRule {
  operations: string[];
  apiGroups: string[];
  apiVersions: string[];
  resources: string[];
  scope?: string;
}

export interface ServiceReference {
  namespace: string;
  name: string;
  path?: string;
  port?: number;
}

export interface WebhookClientConfig {
  url?: string;
  service?: ServiceReference;
  /** PEM, in base64. */
  caBundle?: string;
}

export interface Webhook {
  name: string;
  clientConfig: WebhookClientConfig;
  rules?: WebhookRule[];
  failurePolicy?: string;
  matchPolicy?: string;
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
  matchConditions?: { name: string; expression: string }[];
  sideEffects?: string;
  /** Seconds. */
  timeoutSeconds?: number;
  admissionReviewVersions?: string[];
  reinvocationPolicy?: string;
}

export interface WebhookConfiguration {
  metadata: StoredMeta;
  webhooks?: Webhook[];
}

/** What a webhook said, once it is known to be an answer to the question. */
export interface WebhookAnswer {
  allowed: boolean;
  status?: { code?: number; message?: string; reason?: string; details?: Json };
  /** A list of JSON patch operations. */
  patch?: unknown;
  warnings: string[];
}
