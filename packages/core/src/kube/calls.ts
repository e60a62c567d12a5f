import type { CallRecord } from './types';

/** What a call does in Kubernetes' words. */
export interface ApiCall {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or `deletecollection`; other paths: the HTTP method. */
  verb: string;
  /** `plural.group/subresource`, such as `works.platform.kratix.io/status`; other paths: the path. */
  resource: string;
}

const RESOURCE =
  /^\/(?:api\/[^/]+|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/[^/]+(?=\/[^/]))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

const VERBS: Record<string, [collection: string, object: string]> = {
  GET: ['list', 'get'],
  POST: ['create', 'create'],
  PUT: ['update', 'update'],
  PATCH: ['patch', 'patch'],
  DELETE: ['deletecollection', 'delete'],
};

/** Reads verb and resource from a call's method and path. */
export function describeCall({ method, path, isWatch }: Pick<CallRecord, 'method' | 'path' | 'isWatch'>): ApiCall {
  const match = RESOURCE.exec(path);
  if (!match) return { verb: method.toLowerCase(), resource: path };
  const [, group, plural, name, subresource] = match;
  const verbs = VERBS[method] ?? [method.toLowerCase(), method.toLowerCase()];
  return {
    verb: isWatch ? 'watch' : verbs[name ? 1 : 0],
    resource: `${plural}${group ? `.${group}` : ''}${subresource ? `/${subresource}` : ''}`,
  };
}

/** Counts a client's calls: `connect({ onCall: counter.record })`. */
export class CallCounter {
  private counts = new Map<string, number>();

  readonly record = (call: CallRecord) => {
    const { verb, resource } = describeCall(call);
    const key = `${verb} ${resource}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  };

  /** `verb plural.group/subresource` -> number of calls. */
  get byCall(): ReadonlyMap<string, number> {
    return this.counts;
  }

  /** The number of calls whose `verb resource` matches; all without a pattern. */
  total(pattern: RegExp = /^/): number {
    let sum = 0;
    for (const [key, count] of this.counts) if (pattern.test(key)) sum += count;
    return sum;
  }

  reset() {
    this.counts = new Map();
  }
}
