import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { parseYaml } from '@kratix-ts/core/kube';
import { readFileSync } from 'node:fs';

type Json = Record<string, unknown>;

export interface Parameter {
  name: string;
  in: 'query' | 'path';
  required?: boolean;
  schema: Json;
}

/** One operation of the API. */
export interface Operation {
  /** In small letters, as Express names it. */
  method: string;
  /** As in the document: `/v1/promises/{cluster}/{name}`. */
  path: string;
  /** The permission that decides for the caller; missing where everybody who is signed in may. */
  permission?: string;
  parameters: Parameter[];
  /** Where in the document the operation stands, as a JSON pointer. */
  pointer: string;
}

const METHODS = ['get', 'put', 'post', 'delete'];
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The OpenAPI document of every route. */
export class ApiDocument {
  constructor(readonly content: Json) {}

  /** Follows a reference inside the document; what is none stays as it is. */
  resolve(value: unknown): unknown {
    if (!isJson(value) || typeof value.$ref !== 'string') return value;
    const keys = value.$ref.slice(2).split('/').map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    return this.resolve(keys.reduce<unknown>((node, key) => (isJson(node) ? node[key] : undefined), this.content));
  }

  operations(): Operation[] {
    const paths = isJson(this.content.paths) ? this.content.paths : {};
    return Object.entries(paths).flatMap(([path, item]) =>
      METHODS.flatMap(method => {
        const operation = isJson(item) ? item[method] : undefined;
        if (!isJson(item) || !isJson(operation)) return [];
        const parameters = [item.parameters, operation.parameters].flatMap(list => (Array.isArray(list) ? list : []));
        return [{
          method,
          path,
          permission: typeof operation['x-permission'] === 'string' ? operation['x-permission'] : undefined,
          parameters: parameters.map(parameter => this.resolve(parameter) as Parameter),
          pointer: `#/paths/${escaped(path)}/${method}`,
        }];
      }),
    );
  }
}

/** Reads the document that belongs to this package. */
export function loadDocument(): ApiDocument {
  const file = resolvePackagePath('@kratix-ts/backstage-plugin-kratix-backend', 'src/schema/openapi.yaml');
  return new ApiDocument(parseYaml(readFileSync(file, 'utf8'), file) as Json);
}

/** Matches what a path of the document stands for. */
export function patternOf(path: string): RegExp {
  const literal = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\{\w+\}/g, '[^/]+')}/?$`);
}
