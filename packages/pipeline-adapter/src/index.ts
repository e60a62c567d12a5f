export { run } from './run';
export type { Environment, Message } from './run';
