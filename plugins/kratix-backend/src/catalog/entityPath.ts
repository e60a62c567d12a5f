import type { EntityName } from '@kratix-ts/backstage-plugin-kratix-common';

/** The page of an entity in the portal. */
export function entityPath({ kind, namespace, name }: EntityName): string {
  return ['/catalog', namespace, kind.toLowerCase(), name].map(encodeURI).join('/');
}
