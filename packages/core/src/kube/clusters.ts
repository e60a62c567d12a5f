import type { ClusterSource } from './credentials';

/** A cluster of the configuration. */
export interface NamedCluster {
  name: string;
  source: ClusterSource;
}

const text = (value: unknown, field: string): string | undefined => {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${field} must be a text that is not empty`);
};

function clusterOf(entry: unknown, field: string): NamedCluster {
  if (typeof entry !== 'object' || entry === null) throw new Error(`${field} must be an object with a name`);
  const fields: Record<string, unknown> = { ...entry };
  const name = text(fields.name, `${field}.name`);
  if (!name) throw new Error(`${field}.name is missing; every cluster needs a name of its own`);
  const file = text(fields.kubeconfig, `${field}.kubeconfig`);
  const inCluster = fields.inCluster === true;
  if (file && inCluster) throw new Error(`${field}: say either kubeconfig or inCluster, not both`);
  return {
    name,
    source: { file, context: text(fields.context, `${field}.context`), inCluster: inCluster || undefined },
  };
}

/**
 * Reads the list `kratix.clusters` of a portal's configuration: `{ name, kubeconfig?, context?, inCluster? }`.
 * Throws an Error that names the field when an entry cannot be understood.
 */
export function clustersFromConfig(entries: unknown, field = 'kratix.clusters'): NamedCluster[] {
  if (entries === undefined) return [];
  if (!Array.isArray(entries)) throw new Error(`${field} must be a list of clusters`);
  const clusters = entries.map((entry, index) => clusterOf(entry, `${field}[${index}]`));
  const twice = clusters.find(({ name }, index) => clusters.findIndex(other => other.name === name) !== index);
  if (twice) throw new Error(`${field}: the name "${twice.name}" is given twice`);
  return clusters;
}
