import type { AdmissionRequest } from '../auth/user';
import type { Json } from '../schema/types';

/** A place where a write waits for admission webhooks. A mutating one may answer with another object. */
export interface Pause {
  phase: 'mutating' | 'validating';
  request: AdmissionRequest;
}

/** A write on its way. It is resumed with what the mutating webhooks made of the object, or with nothing. */
export type Write<T> = Generator<Pause, T, Json | undefined>;

/** The stored object changed while the write waited; it has to begin anew. */
export class Overtaken extends Error {}

/** Finishes a write at once, asking nobody. */
export function complete<T>(write: Write<T>): T {
  for (let step = write.next(); ; step = write.next()) if (step.done) return step.value;
}
