import { type Cache, coreTypes, type DynamicObject, type KubeObject } from '@kratix-ts/core/kube';
import type { Applier } from './apply';

interface Definition extends KubeObject {
  status?: { conditions?: { type: string; status: string; message?: string }[] };
}

/** Applies the definitions and waits until the server serves them. */
export async function installDefinitions(definitions: DynamicObject[], applier: Applier, cache: Cache): Promise<void> {
  for (const definition of definitions) await applier.apply(definition);
  await untilServed(definitions.map(({ metadata }) => metadata.name), cache);
}

/** Resolves when the server serves what these CustomResourceDefinitions define, whoever installs them. */
export async function untilServed(wanted: string[], cache: Cache, timeoutMs = 30_000): Promise<void> {
  const informer = cache.informer<Definition>(coreTypes.CustomResourceDefinition);
  const missing = () => wanted.filter(name => !isEstablished(informer.get(name)));
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the API server does not serve these kinds after ${timeoutMs / 1000} s: ${missing()}`)),
        timeoutMs,
      );
      const look = () => {
        if (missing().length > 0) return;
        clearTimeout(timer);
        resolve();
      };
      informer.onChange(look);
      informer.whenSynced().then(look, reject);
    });
  } finally {
    informer.release();
  }
}

function isEstablished(definition: Definition | undefined): boolean {
  return definition?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false;
}
