export * from './annotations';
export { fieldOf, type FormField, type JsonSchema } from './formField';
export * from './formPages';
export { formSchema, humanise } from './formSchema';
export * from './formValues';
export * from './permissions';
export * from './types';
