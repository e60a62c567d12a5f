import type { DynamicObject, ResourceType } from '../kube/types';
import { apiVersionOf, typeOf } from '../kube/gvk';

/** A kind for tests. */
export const widgetType: ResourceType = typeOf('example.org/v1', 'Widget', 'widgets');

/** An object of any kind; `fields` lie over `metadata.name` and `metadata.namespace`. */
export function anObject(
  name: string,
  fields: Partial<Omit<DynamicObject, 'metadata'>> & { metadata?: Partial<DynamicObject['metadata']> } = {},
  type: ResourceType = widgetType,
): DynamicObject {
  return {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    ...fields,
    metadata: { name, ...(type.namespaced ? { namespace: 'default' } : {}), ...fields.metadata },
  };
}
