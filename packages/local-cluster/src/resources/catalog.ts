import { builtinResources } from '../builtin/kinds';
import { versionOf, type Resource, type ResourceVersion } from './resource';

/** Every kind that the server serves at the moment: the built-in ones, and those of custom resource definitions. */
export class Catalog {
  readonly #resources = new Map<string, Resource>();
  #generation = 0;

  constructor() {
    for (const resource of builtinResources()) this.#resources.set(key(resource.group, resource.plural), resource);
  }

  /** Grows with every change, for whoever keeps something that was derived from the catalog. */
  get generation(): number {
    return this.#generation;
  }

  get(group: string, plural: string): Resource | undefined {
    return this.#resources.get(key(group, plural));
  }

  find(group: string, version: string, plural: string): { resource: Resource; version: ResourceVersion } | undefined {
    const resource = this.get(group, plural);
    const served = resource && versionOf(resource, version);
    return resource && served ? { resource, version: served } : undefined;
  }

  byKind(group: string, kind: string): Resource | undefined {
    return this.all().find(resource => resource.group === group && resource.kind === kind);
  }

  all(): Resource[] {
    return [...this.#resources.values()];
  }

  set(resource: Resource): void {
    this.#generation++;
    this.#resources.set(key(resource.group, resource.plural), resource);
  }

  remove(group: string, plural: string): void {
    this.#generation++;
    this.#resources.delete(key(group, plural));
  }

  /** Groups with their versions, in the order in which discovery lists them; the core group first. */
  groups(): { name: string; versions: string[] }[] {
    const groups = new Map<string, Set<string>>();
    for (const { group, versions } of this.#resources.values()) {
      const known = groups.get(group) ?? new Set<string>();
      for (const version of versions) known.add(version.name);
      groups.set(group, known);
    }
    return [...groups].map(([name, versions]) => ({ name, versions: [...versions].sort(compareVersions) }));
  }
}

function key(group: string, plural: string): string {
  return `${group}/${plural}`;
}

/** The newest stable version first, then beta, then alpha, then other names. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return right[i] - left[i];
  return a < b ? -1 : 1;
}

function rank(version: string): number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return [0, 0, 0];
  const stages: Record<string, number> = { alpha: 1, beta: 2 };
  return [stages[match[2]] ?? 3, Number(match[1]), Number(match[3] ?? 0)];
}

const BUILTIN_GROUPS = new Set(builtinResources().map(resource => resource.group));

/** Groups that this server serves itself, so that no definition may add to them. */
export function isBuiltinGroup(group: string): boolean {
  return BUILTIN_GROUPS.has(group);
}
