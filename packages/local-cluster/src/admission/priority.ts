import type { Admission } from '../auth/user';
import { forbidden } from '../registry/errors';
import { isObject } from '../schema/types';
import type { Store, StoredObject } from '../store/store';

const CLASSES = 'priorityclasses.scheduling.k8s.io';
const SYSTEM: Record<string, number> = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };

/** A new pod's priority is that of its class, which must exist; what this cluster cannot give at all is refused. */
export function priorityAdmission(store: Store): Admission {
  return ({ operation, resource, subresource, object, name }) => {
    if (operation !== 'CREATE' || subresource || resource.group || resource.kind !== 'Pod' || !object || !isObject(object.spec)) return;
    const { spec } = object;
    const refuse = (why: string) => forbidden({ group: '', resource: 'pods' }, name, why);
    if (spec.runtimeClassName) throw refuse(`pod rejected: RuntimeClass ${JSON.stringify(spec.runtimeClassName)} not found`);
    const className = spec.priorityClassName;
    if (!className) {
      const general = store.list(CLASSES).find(({ object: known }) => known.globalDefault === true)?.object;
      if (general) Object.assign(spec, { priorityClassName: general.metadata.name, priority: general.value, preemptionPolicy: policyOf(general) });
      return;
    }
    const known = store.get(CLASSES, String(className))?.object;
    if (!known && SYSTEM[String(className)] === undefined) throw refuse(`no PriorityClass with name ${className} was found`);
    Object.assign(spec, { priority: known?.value ?? SYSTEM[String(className)], preemptionPolicy: policyOf(known) });
  };
}

function policyOf(known: StoredObject | undefined): unknown {
  return known?.preemptionPolicy ?? 'PreemptLowerPriority';
}
