import { equal } from '../patch/json';
import type { DefinitionVersion } from './definition';

/**
 * A part that each version has, with the path under which errors name it: what all versions share is named once, at the
 * definition itself, as Kubernetes does.
 */
export function partsOf<T>(versions: DefinitionVersion[], read: (version: DefinitionVersion) => T | undefined, shared: string, own: string): { part: T; path: string }[] {
  const parts = versions.map(read);
  const [first] = parts;
  if (parts.every(part => equal(part, first))) return first === undefined ? [] : [{ part: first, path: `spec.${shared}` }];
  return parts.flatMap((part, index) => (part === undefined ? [] : [{ part, path: `spec.versions[${index}].${own}` }]));
}

export function schemasOf(versions: DefinitionVersion[]) {
  return partsOf(versions, ({ schema }) => schema?.openAPIV3Schema, 'validation.openAPIV3Schema', 'schema.openAPIV3Schema');
}
