export * from './account';
export * from './builders';
export * from './cluster';
export { bringStandIn, canBringImages } from './images';
export * from './names';
export * from './objects';
export * from './until';
export * from './engine-process';
export * from './platform';
