import type { EntityName } from '@kratix-ts/backstage-plugin-kratix-common';

const path = (...parts: string[]): string => `/${parts.map(encodeURIComponent).join('/')}`;

/** The page of an entity in the portal. */
export function entityPath({ kind, namespace, name }: EntityName): string {
  return path('catalog', namespace, kind.toLowerCase(), name);
}

/** The form of a template, where the app has the scaffolder at its usual place. */
export function templatePath({ namespace, name }: Omit<EntityName, 'kind'>): string {
  return path('create', 'templates', namespace, name);
}

/** The page of a Promise, where the app has the Kratix page at its usual place. */
export function promisePath(cluster: string, promise: string): string {
  return path('kratix', 'promises', cluster, promise);
}

/** What {@link entityPath} and its like are appended to for a full address; undefined where the configuration has no full one. */
export function portalUrlOf(baseUrl: string | undefined): string | undefined {
  return baseUrl && /^https?:/.test(baseUrl) && URL.canParse(baseUrl) ? baseUrl.replace(/\/+$/, '') : undefined;
}
