import { parseEntityRef, stringifyEntityRef, type EntityLink } from '@backstage/catalog-model';
import { humanise, requesterOf, type EntityName, type StateMeta } from '@kratix-ts/backstage-plugin-kratix-common';
import { valueOf, type EntityContext } from './options';

const LOCATION = ['backstage.io/managed-by-location', 'backstage.io/managed-by-origin-location'];
/** Parts of a request's status that engines keep for themselves. */
const NOT_OUTPUTS = ['conditions', 'kratix', 'healthStatus'];
const MOST_LINKS = 20;
const DEEPEST = 3;

/** The annotations without which the catalog takes no entity. */
export function locationOf(cluster: string, path: string): Record<string, string> {
  return Object.fromEntries(LOCATION.map(key => [key, `kratix:${cluster}/${path}`]));
}

/** Name and namespace for `metadata`. */
export function named({ namespace, name }: EntityName): { namespace: string; name: string } {
  return { namespace, name };
}

/** Anybody may have written it: what is no entity ref counts as not there. */
function refOf(text: string | undefined, defaultKind: string): string | undefined {
  if (!text) return undefined;
  try {
    return stringifyEntityRef(parseEntityRef(text, { defaultKind }));
  } catch {
    return undefined;
  }
}

/** Who owns an object: whom it names, else who asked for it, else the owner of everything. */
export function ownerOf(metadata: StateMeta, { options }: EntityContext): string {
  const owner = refOf(valueOf(metadata, options.owner), 'group');
  return owner ?? refOf(requesterOf(metadata), 'user') ?? options.defaultOwner;
}

/** The system that an object names, as the part of `spec`. */
export function systemOf(metadata: StateMeta, { options }: EntityContext): { system?: string } {
  const system = refOf(valueOf(metadata, options.system), 'system');
  return system ? { system } : {};
}

/** The lifecycle that an object names, else the one of the configuration. */
export function lifecycleOf(metadata: StateMeta, { options }: EntityContext): string {
  return valueOf(metadata, options.lifecycle) ?? options.defaultLifecycle;
}

/** Labels of an object, without those that engines put there for themselves. */
export function labelsOf({ labels = {} }: StateMeta): { labels?: Record<string, string> } {
  const own = Object.entries(labels).filter(([key]) => !/^([^/]+\.)?(kratix\.io|kratix-ts\.dev)\//.test(key));
  return own.length > 0 ? { labels: Object.fromEntries(own) } : {};
}

/** A link that shows no password. */
function isLink(value: unknown): value is string {
  if (typeof value !== 'string' || !/^https?:\/\/\S+$/.test(value) || !URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return !username && !password;
}

/** Addresses in what the pipelines answered, named after their fields, each once. */
export function linksOf(status: Record<string, unknown> | undefined): { links?: EntityLink[] } {
  const links = new Map<string, EntityLink>();
  const collect = (value: unknown, path: string[]) => {
    if (links.size >= MOST_LINKS || path.length > DEEPEST) return;
    if (isLink(value)) links.set(value, links.get(value) ?? { url: value, title: humanise(path.join(' ')) });
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      Object.entries(value).forEach(([key, inner]) => collect(inner, [...path, key]));
    }
  };
  Object.entries(status ?? {}).forEach(([key, value]) => NOT_OUTPUTS.includes(key) || collect(value, [key]));
  return links.size > 0 ? { links: [...links.values()] } : {};
}
