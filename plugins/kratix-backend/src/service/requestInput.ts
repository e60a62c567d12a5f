import { InputError } from '@backstage/errors';
import { z } from 'zod';
import type { RequestAction } from './planAction';
import type { VersionWish } from './planVersion';

const spec = z.record(z.string(), z.unknown());
const words = {
  name: 'name must be a text: the name of the new request',
  spec: 'spec must be an object: the whole new spec',
  base: 'base must be an object: the spec that the edit began from',
  generation: 'generation must be the number that the edited request had',
  step: 'step must be the name of a step of the newest run',
  from: 'from must be the name of a step of the newest run',
  version: 'version must be a version of the Promise, or latest',
};

const edit = z.object({ spec, generation: z.number().int().min(0), base: spec.optional() });
const newRequest = z.object({ name: z.string().min(1), spec });
const trial = newRequest.partial({ name: true });
const dryRun = z.object({ spec });
const step = z.string().min(1).optional();
const bodies = {
  rerun: z.object({ from: step }),
  retry: z.object({ step }),
  pin: z.object({ version: z.string().min(1) }),
  upgrade: z.object({ version: z.string().min(1).optional() }),
};

/** A new spec, the generation of the request that it was made from, and, if known, the spec of that generation. */
export type SpecEdit = z.infer<typeof edit>;
export type NewRequest = z.infer<typeof newRequest>;

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [field] = parsed.error.issues[0]?.path ?? [];
  const known = Object.entries(words).find(([name]) => name === field);
  throw new InputError(known ? known[1] : 'the body must be a JSON object');
}

/** Reads the body of an edit. Throws InputError that names the field. */
export const parseSpecEdit = (body: unknown): SpecEdit => parse(edit, body);

/** Reads the body of a new request. Throws InputError that names the field. */
export const parseNewRequest = (body: unknown): NewRequest => parse(newRequest, body);

/** The same for one that is tried only, which needs no name yet. */
export const parseTrial = (body: unknown): Partial<NewRequest> & Pick<NewRequest, 'spec'> => parse(trial, body);

/** Reads the spec that a dry run is made with. Throws InputError that names the field. */
export const parseDryRun = (body: unknown): Pick<NewRequest, 'spec'> => parse(dryRun, body);

/** The name that a body gives to a new request; empty where it gives none. */
export function nameIn(body: unknown): string {
  return typeof body === 'object' && body !== null && 'name' in body && typeof body.name === 'string' ? body.name : '';
}

/** What an action's name and body ask for. Throws InputError that names the field. */
export function parseAction(name: RequestAction['do'], body: unknown): RequestAction {
  if (name === 'rerun') return { do: 'rerun', ...parse(bodies.rerun, body) };
  if (name === 'retry') return { do: 'retry', ...parse(bodies.retry, body) };
  return { do: name };
}

export function parseVersionWish(name: VersionWish['do'], body: unknown): VersionWish {
  return name === 'pin' ? { do: 'pin', ...parse(bodies.pin, body) } : { do: 'upgrade', ...parse(bodies.upgrade, body) };
}
