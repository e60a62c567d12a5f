export { BadArchive } from './layer';
export { InvalidImageName, isLatest, normaliseImageName } from './names';
export { openImages, type Images } from './store';
export type { Image, ImageBind, ImageConfig, ImageSource } from './types';
