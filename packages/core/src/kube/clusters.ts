import type { ClusterSource, ServerSource } from './credentials';
import { impersonationFromConfig, type ImpersonationRule } from './impersonation';

/** A cluster of the configuration. */
export interface NamedCluster {
  name: string;
  source: ClusterSource;
  /** How callers are named to the cluster, where they act as themselves; else the portal's own account acts. */
  impersonate?: ImpersonationRule;
}

const SERVER_FIELDS = ['token', 'tokenFile', 'caData', 'caFile', 'skipTLSVerify'];
const FIELDS = ['name', 'kubeconfig', 'context', 'inCluster', 'url', ...SERVER_FIELDS, 'impersonate'];
const LOCAL = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/;

const text = (value: unknown, field: string): string | undefined => {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${field} must be a text that is not empty`);
};

function flag(value: unknown, field: string): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw new Error(`${field} must be true or false`);
}

/** A server by its address. A token goes over TLS alone; who wants to believe any certificate says so. */
function serverOf(fields: Record<string, unknown>, url: string, field: string): ServerSource {
  if (!url.startsWith('https://') && !LOCAL.test(url)) throw new Error(`${field}.url must begin with https://; it is "${url}"`);
  const token = text(fields.token, `${field}.token`);
  const tokenFile = text(fields.tokenFile, `${field}.tokenFile`);
  if (Boolean(token) === Boolean(tokenFile)) throw new Error(`${field}: say token or tokenFile, of the service account that the portal acts as`);
  const caData = text(fields.caData, `${field}.caData`);
  const caFile = text(fields.caFile, `${field}.caFile`);
  if (caData && caFile) throw new Error(`${field}: say either caData or caFile, not both`);
  const skipTLSVerify = flag(fields.skipTLSVerify, `${field}.skipTLSVerify`);
  const ca = (caData && 'caData') || (caFile && 'caFile');
  if (skipTLSVerify && ca) throw new Error(`${field}.skipTLSVerify leaves ${ca} without effect; say one of them`);
  return { url, ...(token ? { token } : { tokenFile }), ...(caData && { caData }), ...(caFile && { caFile }), ...(skipTLSVerify && { skipTLSVerify }) };
}

function sourceOf(fields: Record<string, unknown>, field: string): ClusterSource {
  const file = text(fields.kubeconfig, `${field}.kubeconfig`);
  const inCluster = flag(fields.inCluster, `${field}.inCluster`) === true;
  const url = text(fields.url, `${field}.url`);
  if ([file, inCluster, url].filter(Boolean).length > 1) throw new Error(`${field}: say either kubeconfig, inCluster or url`);
  if (url) return { server: serverOf(fields, url, field) };
  const stray = SERVER_FIELDS.find(name => fields[name] !== undefined);
  if (stray) throw new Error(`${field}.${stray} needs url: the address of the API server`);
  return { file, context: text(fields.context, `${field}.context`), inCluster: inCluster || undefined };
}

function clusterOf(entry: unknown, field: string): NamedCluster {
  if (typeof entry !== 'object' || entry === null) throw new Error(`${field} must be an object with a name`);
  const fields: Record<string, unknown> = { ...entry };
  const name = text(fields.name, `${field}.name`);
  if (!name) throw new Error(`${field}.name is missing; every cluster needs a name of its own`);
  const unknown = Object.keys(fields).find(key => !FIELDS.includes(key));
  if (unknown) throw new Error(`${field}.${unknown} is not known; there are: ${FIELDS.join(', ')}`);
  const impersonate = impersonationFromConfig(fields.impersonate, `${field}.impersonate`);
  return { name, source: sourceOf(fields, field), ...(impersonate && { impersonate }) };
}

/**
 * Reads the list `kratix.clusters` of a portal's configuration: a name, and how to reach the cluster: `kubeconfig` with
 * `context`, `inCluster`, or `url` with `token` or `tokenFile` and `caData` or `caFile`.
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
