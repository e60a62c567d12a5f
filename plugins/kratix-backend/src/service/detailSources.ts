import {
  parentOf,
  requestSummary,
  type EventSummary,
  type RequestDetailSources,
  type RequestSources,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { ClusterWatch } from '../clusters/ClusterWatch';
import { factsOf, type Located } from './RequestLocator';
import type { RequestFacts } from './rules';

/** Events about the request and about everything that belongs to it. */
function eventsOf(watch: ClusterWatch, { request, works, placements, jobs, pods }: RequestSources): EventSummary[] {
  const objects = [request, ...works, ...placements, ...jobs, ...pods];
  return objects.flatMap(({ kind, metadata }) => watch.events.about(kind, metadata.namespace ?? '', metadata.name));
}

/** Everything that a request's page says something about. Children that the caller may not see are left out. */
export function detailSources({ watch, api, request }: Located, isVisible: (facts: RequestFacts) => boolean): RequestDetailSources {
  const sources = watch.sources(api, request);
  const { name, namespace = '' } = request.metadata;
  const children = watch
    .children(api, request)
    .filter(child => isVisible(factsOf({ watch, ...child })))
    .map(child => requestSummary(watch.sources(child.api, child.request), new Date()));
  const parent = parentOf(request);
  const parentKind = parent?.kind ?? watch.apis().find(({ promise }) => promise === parent?.promise)?.kind;
  return {
    ...sources,
    stores: watch.platform.stores(),
    revisions: watch.platform.revisions(api.promise),
    binding: watch.platform.binding(api.promise, namespace, name),
    healthRecords: watch.platform.health(api.promise, namespace, name),
    events: eventsOf(watch, sources),
    children,
    parent: parent && { ...parent, kind: parentKind },
  };
}
