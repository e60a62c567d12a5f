import { fromStored } from '../registry/convert';
import type { Column, Resource, ResourceVersion } from '../resources/resource';
import type { Json } from '../schema/types';
import type { StoredObject } from '../store/store';
import { findAll } from './jsonpath';
import { printerOf, type Printer } from './printers';
import { sinceText } from './text';

export interface TableOptions {
  /** `None`, `Metadata` or `Object`. */
  includeObject: string;
  version: string;
  withHeader: boolean;
  metadata?: Json;
}

interface Shown {
  resource: Resource;
  version: ResourceVersion;
}

/** Objects as rows of text, as `kubectl get` prints them. */
export function renderTable(objects: Json[], { resource, version }: Shown, options: TableOptions): Json {
  const printer = version.columns ? customPrinter(version.columns) : printerOf(resource);
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata: options.metadata ?? metadataOf(objects[0]),
    columnDefinitions: options.withHeader ? printer.columns : [],
    rows: objects.map(object => ({
      cells: printer.cells(object as StoredObject),
      ...rowObject(fromStored(object, resource, version.name), options),
    })),
  };
}

function metadataOf(object: Json | undefined): Json {
  const metadata = (object as StoredObject | undefined)?.metadata;
  return metadata ? { resourceVersion: metadata.resourceVersion } : {};
}

function rowObject(object: Json, { includeObject, version }: TableOptions): Json {
  if (includeObject === 'None') return {};
  if (includeObject === 'Object') return { object };
  return { object: { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata } };
}

function customPrinter(columns: Column[]): Printer {
  return {
    columns: [
      { name: 'Name', type: 'string', format: 'name', description: 'The name of the object.', priority: 0 },
      ...columns.map(({ name, type, format = '', description, priority = 0, jsonPath }) => ({
        name,
        type,
        format,
        description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
        priority,
      })),
    ],
    cells: object => [object.metadata.name, ...columns.map(column => customCell(object, column))],
  };
}

function customCell(object: StoredObject, { type, jsonPath }: Column): unknown {
  const found = findAll(object, jsonPath);
  if (found.length === 0 || found[0] === null) return null;
  const [value] = found;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? sinceText(value) : null;
    default: {
      const texts = found.map(item => (typeof item === 'object' ? JSON.stringify(item) : String(item)));
      return texts.join(',');
    }
  }
}
