import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '@kratix-ts/core/wire';
import { ApiError, type DynamicObject } from '@kratix-ts/core/kube';
import { applyRank, idOf, nameOf, objectsIn } from '../agent/documents';
import type { Applier } from '../kube/apply';
import type { Applied } from './applied';

/** A Promise folder of `examples/` and what belongs to it. */
export interface Example {
  /** Name of the folder. */
  name: string;
  /** The folder whose files make the image of its pipelines; undefined where it brings none. */
  imageFolder?: string;
  /** Images that its pipelines name. */
  images: string[];
  /** The Promise and what it needs; not the request, which is the user's. */
  objects: DynamicObject[];
}

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
  const objects = await readFolder(path, variables, file => file !== 'request.yaml');
  const hasImage = (await readdir(path)).includes('image');
  return { name, objects, images: imagesOf(objects), ...(hasImage && { imageFolder: join(path, 'image') }) };
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

/**
 * Applies what is new or was changed since the last start of this data folder. What the user has changed or deleted in
 * between stays so: the sentences in the answer say what was left alone.
 */
export async function applyExamples(objects: DynamicObject[], applier: Applier, applied: Applied): Promise<string[]> {
  const notes: string[] = [];
  for (const object of objects) {
    const id = idOf(object);
    const digest = digestOf(object);
    if (applied.has(id, digest)) continue;
    const note = await applyOne(object, applier);
    if (note) notes.push(note);
    await applied.add(id, digest);
  }
  return notes;
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
