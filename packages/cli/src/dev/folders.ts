import { join } from 'node:path';

/** Everything that `kratix-ts dev` keeps stands below one folder. */
export const clusterFolder = (data: string) => join(data, 'cluster');
export const imagesFolder = (data: string) => join(clusterFolder(data), 'images');
export const storeFolder = (data: string) => join(data, 'state-store.git');
export const cacheFolder = (data: string) => join(data, 'cache');
export const logFile = (data: string, name: string) => join(data, 'logs', `${name}.log`);
export const appliedFile = (data: string) => join(data, 'applied.json');
export const kubeconfigFile = (data: string) => join(data, 'kubeconfig');
