import { join } from 'node:path';

/** Everything that `kratix-ts dev` keeps stands below one folder. */
export const clusterFolder = (data: string) => join(data, 'cluster');
export const imagesFolder = (data: string) => join(clusterFolder(data), 'images');
export const storeFolder = (data: string) => join(data, 'state-store.git');
export const cacheFolder = (data: string) => join(data, 'cache');
export const engineLog = (data: string) => join(data, 'logs', 'engine.log');
export const appliedFile = (data: string) => join(data, 'applied.json');
