import { InputError } from '@backstage/errors';
import type { Request } from 'express';
import { text } from './requestRoute';

/** A query parameter; undefined where it is missing or empty. Throws InputError when it was given twice. */
export function textParam(request: Request, name: string): string | undefined {
  return text(request.query[name], name);
}

/** Values that commas separate; undefined where there are none. */
export function listParam(request: Request, name: string): string[] | undefined {
  const values = textParam(request, name)?.split(',').map(value => value.trim()).filter(Boolean);
  return values && values.length > 0 ? values : undefined;
}

/** A whole number from `from` to `to`. */
export function numberParam(request: Request, name: string, from: number, to: number): number | undefined {
  const value = textParam(request, name);
  if (value === undefined) return undefined;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= from && number <= to)) throw new InputError(`Query parameter "${name}" must be a whole number from ${from} to ${to}`);
  return number;
}

/** One of some words. */
export function choiceParam<T extends string>(request: Request, name: string, choices: readonly T[]): T | undefined {
  const value = textParam(request, name);
  if (value === undefined) return undefined;
  const choice = choices.find(candidate => candidate === value);
  if (!choice) throw new InputError(`Query parameter "${name}" must be one of ${choices.join(', ')}`);
  return choice;
}

/** Some of some words, which commas separate. */
export function choicesParam<T extends string>(request: Request, name: string, choices: readonly T[]): T[] | undefined {
  return listParam(request, name)?.map(value => {
    const choice = choices.find(candidate => candidate === value);
    if (!choice) throw new InputError(`Query parameter "${name}" must hold some of ${choices.join(', ')}`);
    return choice;
  });
}
