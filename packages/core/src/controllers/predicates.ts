import { keyOf, type InformerEvent } from '../kube';
import type { Key, KubeObject } from '../kube/types';
import { labels } from '../wire/names';

/** Which keys an event concerns; controllers pass one for each informer that they watch. */
export type Predicate = (event: InformerEvent<KubeObject>) => Key[];

/** The object itself, whatever changed. */
export const self: Predicate = event => [keyOf(event.object)];

const hasConditions = (object: KubeObject & { status?: { conditions?: unknown[] } }) => Boolean(object.status?.conditions?.length);

/** The object itself, when it is new, gone, its spec or life changed, or its status was erased: our own status writes are no news. */
export const onSpec: Predicate = event => {
  if (event.type !== 'modified') return [keyOf(event.object)];
  const { generation, deletionTimestamp } = event.object.metadata;
  const hasChanged = generation !== event.previous.metadata.generation || deletionTimestamp !== event.previous.metadata.deletionTimestamp;
  const isErased = hasConditions(event.previous) && !hasConditions(event.object);
  return hasChanged || isErased ? [keyOf(event.object)] : [];
};

/** As {@link onSpec}, and when labels changed. */
export const onSpecOrLabels: Predicate = event => {
  if (event.type !== 'modified') return [keyOf(event.object)];
  const text = (object: KubeObject) => JSON.stringify(Object.entries(object.metadata.labels ?? {}).sort());
  return text(event.object) !== text(event.previous) ? [keyOf(event.object)] : onSpec(event);
};

/** The Promise whose label the object carries. */
export const ofPromise: Predicate = event => [event.object.metadata.labels?.[labels.promiseName] ?? ''].filter(Boolean);
