/** Scaffolder actions that turn templates into requests of Promises. */
export { scaffolderModuleKratix, scaffolderModuleKratix as default } from './module';
