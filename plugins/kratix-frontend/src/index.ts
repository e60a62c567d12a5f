/**
 * Backstage frontend of kratix-ts: state, pipelines and delivery of requests, live.
 *
 * @packageDocumentation
 */
export { kratixPlugin as default } from './plugin';
export {
  kratixApiRef,
  type FileQuery,
  type KratixApi,
  type LogQuery,
  type RequestPlace,
  type SpecEdit,
} from './apis/KratixApi';
export { kratixEntityIcon, type EntityIcon } from './entityIcon';
export { kratixTranslationRef } from './translation';
