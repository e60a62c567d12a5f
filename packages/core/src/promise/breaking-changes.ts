import type { KubeObject } from '../kube/types';

type Json = Record<string, unknown>;
interface Version {
  name?: string;
  served?: boolean;
  schema?: { openAPIV3Schema?: Json };
}

const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object' && !Array.isArray(value);
const partOf = (schema: Json, key: string) => (isObject(schema[key]) ? schema[key] : {});
const listOf = (schema: Json, key: string) => (Array.isArray(schema[key]) ? schema[key].map(String) : []);

/** What a definition asks of requests that were good before, one sentence each: they stay, but their next edit may be refused. */
export function breakingChanges(before: KubeObject | undefined, after: KubeObject): string[] {
  const versionsOf = (crd: KubeObject | undefined) => ((crd as { spec?: { versions?: Version[] } } | undefined)?.spec?.versions ?? []);
  return versionsOf(before)
    .filter(({ served }) => served !== false)
    .flatMap(version => {
      const next = versionsOf(after).find(({ name, served }) => name === version.name && served !== false);
      if (!next) return [`version ${version.name} is served no longer`];
      return schemaChanges(specOf(version), specOf(next), `${version.name}: spec`);
    });
}

function specOf({ schema }: Version): Json {
  return partOf(partOf(schema?.openAPIV3Schema ?? {}, 'properties'), 'spec');
}

function schemaChanges(before: Json, after: Json, at: string): string[] {
  if (before.type !== undefined && after.type !== undefined && before.type !== after.type) return [`${at}: was ${before.type}, is ${after.type}`];
  const values = listOf(after, 'enum').length ? listOf(before, 'enum').filter(value => !listOf(after, 'enum').includes(value)) : [];
  const required = listOf(after, 'required').filter(name => !listOf(before, 'required').includes(name));
  const fields = Object.entries(partOf(before, 'properties')).flatMap(([name, field]) => {
    const next = partOf(after, 'properties')[name];
    if (!isObject(next)) return after['x-kubernetes-preserve-unknown-fields'] ? [] : [`${at}.${name}: is gone`];
    return isObject(field) ? schemaChanges(field, next, `${at}.${name}`) : [];
  });
  const items = isObject(before.items) && isObject(after.items) ? schemaChanges(before.items, after.items, `${at}[]`) : [];
  return [...values.map(value => `${at}: "${value}" is allowed no longer`), ...required.map(name => `${at}.${name}: is required now`), ...fields, ...items];
}
