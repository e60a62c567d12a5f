import type { Schema } from '../schema/types';

export interface Column {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

export interface ScalePaths {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}

/** A kind under one of its versions. */
export interface ResourceVersion {
  name: string;
  schema: Schema;
  hasStatus: boolean;
  scale?: ScalePaths;
  columns?: Column[];
  /** Paths such as `.spec.color` that field selectors may name, besides the name and namespace. */
  selectableFields: string[];
  deprecationWarning?: string;
}

export interface SubresourceInfo {
  name: string;
  kind: string;
  verbs: string[];
}

/** What the server knows of one kind. */
export interface Resource {
  group: string;
  kind: string;
  listKind: string;
  plural: string;
  singular: string;
  shortNames: string[];
  categories: string[];
  namespaced: boolean;
  /** Served versions, the preferred one first. */
  versions: ResourceVersion[];
  /** The version in which objects are kept. */
  storedVersion: string;
  verbs: string[];
  subresources: SubresourceInfo[];
  /** Made by a custom resource definition. */
  isCustom: boolean;
  /** The spec's changes are counted in `metadata.generation`. */
  hasGeneration: boolean;
  /** A PUT needs no resourceVersion. */
  allowsUnconditionalUpdate: boolean;
  /** A PUT of what is not there creates it. */
  allowsCreateOnUpdate: boolean;
  /** Under which name the store keeps the objects; two kinds may share it. */
  storage: string;
  /** The kind is on its way out and takes no new objects. */
  isTerminating?: boolean;
  /** Names its table in ../builtin, for built-in kinds. */
  table?: string;
}

export function versionOf(resource: Resource, name: string): ResourceVersion | undefined {
  return resource.versions.find(version => version.name === name);
}

export function apiVersionOf(group: string, version: string): string {
  return group ? `${group}/${version}` : version;
}

/** `widgets.example.com`, or `pods` for the core group. */
export function storageName(group: string, plural: string): string {
  return group ? `${plural}.${group}` : plural;
}

export const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
