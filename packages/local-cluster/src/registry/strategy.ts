import type { StoredObject } from '../store/store';
import type { FieldError } from './errors';

/** What is particular about one kind. Every function works on a draft, in place. */
export interface Strategy {
  /** Fills in what may be left out. */
  applyDefaults?(draft: StoredObject): void;
  /** Sets what the server decides when an object is made. */
  prepareForCreate?(draft: StoredObject): void;
  /** Puts back what a replacement may not change, and counts what follows from the change. */
  prepareForUpdate?(draft: StoredObject, before: StoredObject): void;
  check?(object: StoredObject): FieldError[];
  checkUpdate?(object: StoredObject, before: StoredObject): FieldError[];
}

/** Strategies by `group/Kind`. */
export type Strategies = Record<string, Strategy>;
