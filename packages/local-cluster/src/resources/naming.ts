import type { DefinitionNames } from './definition';

/** What has become of the names that a definition asks for. */
export interface NamesVerdict {
  /** The names that are its own now; of a conflicting one, what it had before. */
  accepted: DefinitionNames;
  conflict?: { reason: string; message: string };
}

/** Names of other definitions of the group that are accepted. */
export interface TakenNames {
  resources: Set<string>;
  kinds: Set<string>;
}

export function takenBy(all: DefinitionNames[]): TakenNames {
  const named = (values: (string | undefined)[]) => new Set(values.filter((value): value is string => Boolean(value)));
  return {
    resources: named(all.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular, ...shortNames])),
    kinds: named(all.flatMap(({ kind, listKind }) => [kind, listKind])),
  };
}

/** Takes what is free. Of several conflicts the last is told. */
export function acceptNames(wanted: DefinitionNames, had: DefinitionNames | undefined, taken: TakenNames): NamesVerdict {
  let conflict: NamesVerdict['conflict'];
  const mayHave = (name: string | undefined, before: string | undefined, others: Set<string>, reason: string): boolean => {
    if (!name || name === before || !others.has(name)) return true;
    conflict = { reason, message: `${JSON.stringify(name)} is already in use` };
    return false;
  };
  const accepted: DefinitionNames = { plural: '', kind: '', ...had };
  if (mayHave(wanted.plural, had?.plural, taken.resources, 'PluralConflict')) accepted.plural = wanted.plural;
  if (mayHave(wanted.singular, had?.singular, taken.resources, 'SingularConflict')) assign(accepted, 'singular', wanted);
  const short = (wanted.shortNames ?? []).filter(name => !had?.shortNames?.includes(name));
  if (short.every(name => mayHave(name, undefined, taken.resources, 'ShortNamesConflict'))) assign(accepted, 'shortNames', wanted);
  if (mayHave(wanted.kind, had?.kind, taken.kinds, 'KindConflict')) accepted.kind = wanted.kind;
  if (mayHave(wanted.listKind, had?.listKind, taken.kinds, 'ListKindConflict')) assign(accepted, 'listKind', wanted);
  assign(accepted, 'categories', wanted);
  return { accepted, ...(conflict ? { conflict } : {}) };
}

function assign<F extends 'singular' | 'shortNames' | 'listKind' | 'categories'>(to: DefinitionNames, field: F, from: DefinitionNames): void {
  if (from[field] === undefined) delete to[field];
  else to[field] = from[field];
}
