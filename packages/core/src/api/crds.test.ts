import { crds } from './crds';

describe('crds', () => {
  it.each(crds().map(crd => [crd.metadata.name, crd]))('%s is structural', (_name, crd) => {
    const walk = (node: Record<string, unknown>, path: string): string[] => {
      const bad = node.type || node['x-kubernetes-int-or-string'] ? [] : [`${path} has no type`];
      const children = Object.entries((node.properties ?? {}) as Record<string, Record<string, unknown>>);
      for (const [name, child] of children) bad.push(...walk(child, `${path}.${name}`));
      for (const key of ['items', 'additionalProperties']) if (node[key]) bad.push(...walk(node[key] as Record<string, unknown>, `${path}[]`));
      for (const key of ['$ref', 'anyOf', 'oneOf', 'allOf', 'propertyNames', '$schema']) if (key in node) bad.push(`${path} holds ${key}`);
      return bad;
    };
    const [version] = (crd.spec as { versions: { schema: { openAPIV3Schema: Record<string, unknown> } }[] }).versions;
    expect(walk(version.schema.openAPIV3Schema, '')).toEqual([]);
  });
});
