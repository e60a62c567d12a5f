import { z } from 'zod';

/** A Kubernetes structural schema: OpenAPI v3 with `x-kubernetes-*`. */
export interface StructuralSchema {
  properties?: Record<string, StructuralSchema>;
  items?: StructuralSchema;
  additionalProperties?: StructuralSchema;
  [keyword: string]: unknown;
}

/** An object whose fields are not described: kept as they are. */
export const anyObject = () => z.record(z.string(), z.unknown()).meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** RFC 3339 time as Kubernetes writes it. */
export const time = () => z.string().meta({ format: 'date-time' });

/** A 64-bit integer. */
export const int64 = () => z.number().int().meta({ format: 'int64' });

/** An integer without a format. */
export const integer = () => z.number().int();

/** Turns a zod object into the schema that a CRD may hold. */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  return tidy(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' }) as StructuralSchema);
}

function tidy(node: StructuralSchema): StructuralSchema {
  const { properties, items, additionalProperties, $schema: _schema, propertyNames: _names, ...rest } = node;
  const tidied: StructuralSchema = { ...rest };
  if (tidied.type === 'integer') {
    // zod bounds integers by what JavaScript holds exactly; the API does not
    if (tidied.minimum === Number.MIN_SAFE_INTEGER) delete tidied.minimum;
    if (tidied.maximum === Number.MAX_SAFE_INTEGER) delete tidied.maximum;
  }
  // JavaScript escapes slashes in the text of an expression
  if (typeof tidied.pattern === 'string') tidied.pattern = tidied.pattern.replaceAll('\\/', '/');
  if (tidied['x-kubernetes-preserve-unknown-fields'] && !properties && !items) return { type: 'object', ...tidied };
  if (properties) tidied.properties = Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, tidy(child)]));
  if (items) tidied.items = tidy(items);
  if (additionalProperties && !properties) tidied.additionalProperties = tidy(additionalProperties);
  return tidied;
}
