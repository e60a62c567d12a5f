import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '@kratix-ts/core/wire';
import { ApiError, createCache, type DynamicObject, type KubeClient } from '@kratix-ts/core/kube';
import { applyRank, idOf, nameOf, objectsIn } from '../agent/documents';
import type { Applier } from '../kube/apply';
import { untilServed } from '../kube/crds';
import type { Applied } from './applied';

/** A Promise folder of `examples/` and what belongs to it. */
export interface Example {
  /** Name of the folder. */
  name: string;
  /** The folder whose files make the image of its pipelines; undefined where it brings none. */
  imageFolder?: string;
  /** Images that its pipelines name. */
  images: string[];
  /** The Promise and what it needs; not `request.yaml`, which is for the user to make. */
  objects: DynamicObject[];
  /** What the demo asks for by itself, from `demo-request.yaml`. */
  requests: DynamicObject[];
}

const REQUEST_OF_USER = 'request.yaml';
const REQUEST_OF_DEMO = 'demo-request.yaml';

export interface Examples {
  /** Stores and destinations. */
  platform: DynamicObject[];
  promises: Example[];
}

/** Reads a folder laid out as `examples/`. `variables` stand for `${NAME}` in its files. */
export async function readExamples(folder: string, variables: Record<string, string>): Promise<Examples> {
  const promises: Example[] = [];
  let platform: DynamicObject[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    if (entry.name === 'platform') platform = await readFolder(path, variables);
    else if ((await readdir(path)).includes('promise.yaml')) promises.push(await readPromise(path, entry.name, variables));
  }
  return { platform, promises };
}

async function readPromise(path: string, name: string, variables: Record<string, string>): Promise<Example> {
  const objects = await readFolder(path, variables, file => file !== REQUEST_OF_USER && file !== REQUEST_OF_DEMO);
  const requests = await readFolder(path, variables, file => file === REQUEST_OF_DEMO);
  const hasImage = (await readdir(path)).includes('image');
  return { name, objects, requests, images: imagesOf(objects), ...(hasImage && { imageFolder: join(path, 'image') }) };
}

async function readFolder(
  path: string,
  variables: Record<string, string>,
  isWanted: (file: string) => boolean = () => true,
): Promise<DynamicObject[]> {
  const files = (await readdir(path)).filter(file => /\.ya?ml$/.test(file) && isWanted(file)).sort();
  const objects: DynamicObject[] = [];
  for (const file of files) {
    const text = await readFile(join(path, file), 'utf8');
    objects.push(...objectsIn(join(path, file), fill(text, variables)));
  }
  return objects.sort((a, b) => applyRank(idOf(a)) - applyRank(idOf(b)));
}

/** Replaces `${NAME}` by what stands for it; other text stays as it is. */
export function fill(text: string, variables: Record<string, string>): string {
  return text.replace(/\$\{([A-Z_]+)\}/g, (whole, name: string) => variables[name] ?? whole);
}

/** Names of the CustomResourceDefinitions that an example's Promises bring. */
function definitionsOf({ objects }: Example): string[] {
  return objects.flatMap(({ kind, spec }) => {
    const { api } = (spec ?? {}) as { api?: DynamicObject };
    return kind === 'Promise' && api ? [api.metadata.name] : [];
  });
}

/** Every image that a Promise's pipelines name. */
export function imagesOf(objects: DynamicObject[]): string[] {
  const images = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        if (key === 'image' && typeof member === 'string') images.add(member);
        else visit(member);
      }
    }
  };
  for (const object of objects) {
    const { workflows } = (object.spec ?? {}) as { workflows?: unknown };
    if (object.kind === 'Promise') visit(workflows);
  }
  return [...images];
}

const isNew = (applied: Applied) => (object: DynamicObject) => !applied.has(idOf(object), digestOf(object));

/**
 * Applies what is new or was changed since the last start of this data folder. What the user has changed or deleted in
 * between stays so: the sentences in the answer say what was left alone.
 */
export async function applyExamples(objects: DynamicObject[], applier: Applier, applied: Applied): Promise<string[]> {
  const notes: string[] = [];
  for (const object of objects.filter(isNew(applied))) {
    const note = await applyOne(object, applier);
    if (note) notes.push(note);
    await applied.add(idOf(object), digestOf(object));
  }
  return notes;
}

/** Asks for what the examples show as soon as their APIs are served; where that is never, the answer says so. */
export async function makeRequests({ promises }: Examples, kube: KubeClient, applier: Applier, applied: Applied): Promise<string[]> {
  const shown = promises.filter(({ requests }) => requests.some(isNew(applied)));
  if (shown.length === 0) return [];
  const cache = createCache(kube);
  try {
    await untilServed(shown.flatMap(definitionsOf), cache);
    return await applyExamples(shown.flatMap(({ requests }) => requests), applier, applied);
  } catch (error) {
    return [`The demo could not ask for anything: ${error instanceof Error ? error.message : error}`];
  } finally {
    await cache.stop();
  }
}

async function applyOne(object: DynamicObject, applier: Applier): Promise<string | undefined> {
  try {
    await applier.apply(object, { force: false });
    return undefined;
  } catch (error) {
    const { kind, name } = nameOf(idOf(object));
    if (error instanceof ApiError && error.isConflict) return `${kind} "${name}" was changed by you and is left as it is`;
    throw new Error(`${kind} "${name}" of the examples: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
