import type { Catalog } from '../resources/catalog';
import { apiVersionOf, versionOf, type Resource, type ResourceVersion } from '../resources/resource';
import type { Json } from '../schema/types';

/** The tables of contents: which groups, versions and kinds there are. */

function servedBy(catalog: Catalog, group: string, version: string): { resource: Resource; served: ResourceVersion }[] {
  return catalog.all().flatMap(resource => {
    const served = resource.group === group ? versionOf(resource, version) : undefined;
    return served ? [{ resource, served }] : [];
  });
}

const kindOfSubresource: Record<string, [group: string, version: string]> = {
  Scale: ['autoscaling', 'v1'],
  Eviction: ['policy', 'v1'],
  TokenRequest: ['authentication.k8s.io', 'v1'],
};

/** `APIResourceList`: the kinds of one group and version. */
export function resourceList(catalog: Catalog, group: string, version: string): Json {
  const resources = servedBy(catalog, group, version).flatMap(({ resource, served }) => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length ? { shortNames: resource.shortNames } : {}),
      ...(resource.categories.length ? { categories: resource.categories } : {}),
    },
    ...subresourcesOf(resource, served).map(({ name, kind, verbs }) => {
      const [kindGroup, kindVersion] = kindOfSubresource[kind] ?? [];
      return {
        name: `${resource.plural}/${name}`,
        singularName: '',
        namespaced: resource.namespaced,
        kind,
        verbs,
        ...(kindGroup ? { group: kindGroup, version: kindVersion } : {}),
      };
    }),
  ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf(group, version), resources };
}

function subresourcesOf(resource: Resource, served: ResourceVersion) {
  return resource.subresources.filter(
    ({ name }) => (name !== 'status' || served.hasStatus) && (name !== 'scale' || served.scale !== undefined),
  );
}

function groupEntry(name: string, versions: string[]): Json {
  const each = versions.map(version => ({ groupVersion: apiVersionOf(name, version), version }));
  return { name, versions: each, preferredVersion: each[0] };
}

export function coreVersions(address: string): Json {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }] };
}

export function groupList(catalog: Catalog): Json {
  const groups = catalog.groups().filter(({ name }) => name !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(({ name, versions }) => groupEntry(name, versions)) };
}

export function groupDocument(catalog: Catalog, name: string): Json | undefined {
  const group = catalog.groups().find(known => known.name === name && name !== '');
  return group && { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group.name, group.versions) };
}

/** The aggregated form: everything in one answer. */
export function aggregated(catalog: Catalog, part: 'api' | 'apis', format: string): Json {
  const groups = catalog.groups().filter(({ name }) => (name === '') === (part === 'api'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${format}`,
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name ? { name } : {},
      versions: versions.map(version => ({
        version,
        resources: servedBy(catalog, name, version).map(({ resource, served }) => aggregatedResource(resource, served, version)),
        freshness: 'Current',
      })),
    })),
  };
}

function aggregatedResource(resource: Resource, served: ResourceVersion, version: string): Json {
  const subresources = subresourcesOf(resource, served).map(({ name, kind, verbs }) => {
    const [group, kindVersion] = kindOfSubresource[kind] ?? [resource.group, version];
    return { subresource: name, responseKind: { group, version: kindVersion, kind }, verbs };
  });
  return {
    resource: resource.plural,
    responseKind: { group: resource.group, version, kind: resource.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories.length ? { categories: resource.categories } : {}),
    ...(subresources.length ? { subresources } : {}),
  };
}
