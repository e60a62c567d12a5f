import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllYaml, parseYaml, type DynamicObject } from '@kratix-ts/core/kube';
import { z } from 'zod';

const kustomization = z.object({ resources: z.array(z.string()) });
const manifest = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }) });

/** Reads what a kustomization lists, in its order. Plain files only: no patches, no remote bases. Throws naming the file. */
export async function readManifests(folder: string): Promise<DynamicObject[]> {
  const { resources } = kustomization.parse(parseYaml(await readFile(join(folder, 'kustomization.yaml'), 'utf8')));
  const objects: DynamicObject[] = [];
  for (const file of resources) {
    for (const document of parseAllYaml(await readFile(join(folder, file), 'utf8'), file)) {
      const { success, data, error } = manifest.safeParse(document);
      if (!success) throw new Error(`${join(folder, file)} holds a document that is no Kubernetes object: ${z.prettifyError(error)}`);
      objects.push(data);
    }
  }
  return objects;
}
