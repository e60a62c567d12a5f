import path from 'node:path';
import { makeBase } from './bundle';

/** The folder below `dir` that lies under all containers; made by the first that asks. */
export function sharedBase(dir: string): () => string {
  let folder: string | undefined;
  return () => {
    if (!folder) {
      folder = path.join(dir, 'base');
      makeBase(folder);
    }
    return folder;
  };
}
