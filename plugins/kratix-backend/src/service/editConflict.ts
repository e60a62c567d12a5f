import { ConflictError } from '@backstage/errors';
import { ANNOTATION_REQUESTED_BY, hideSecrets, threeWay, type EditConflict, type JsonSchema, type RequestObject } from '@kratix-ts/backstage-plugin-kratix-common';
import type { SpecEdit } from './requestInput';

/** An edit, the schema of its spec, and whose it is (entity ref). */
export interface EditOf {
  edit: SpecEdit;
  schema?: JsonSchema;
  by?: string;
}

/** Refuses an edit that began from an older spec; the answer's `error.conflict` says what each side changed. */
export function refuseOlder(current: RequestObject, { edit, schema, by }: EditOf): void {
  const { namespace, name, generation = 0 } = current.metadata;
  if (generation === edit.generation) return;
  const message = `"${namespace}/${name}" was changed in between: you edited generation ${edit.generation}, it is ${generation} now. Look at the newer one and edit that.`;
  throw Object.assign(new ConflictError(message), { conflict: conflictOf(current, { edit, schema, by }) });
}

/** Where nobody says what the edit began from, the two sides are compared alone. Of the secrets that are there it holds tokens. */
function conflictOf({ metadata, spec = {} }: RequestObject, { edit, schema, by }: EditOf): EditConflict {
  const theirs = hideSecrets(spec, schema);
  const { spec: mine, base = theirs } = edit;
  const last = metadata.annotations?.[ANNOTATION_REQUESTED_BY];
  return {
    base,
    mine,
    theirs,
    generation: metadata.generation ?? 0,
    fields: threeWay(base, mine, theirs),
    // Who last wrote through the portal. Where that is the very person, somebody wrote past it.
    ...(last !== by && { changedBy: last }),
  };
}
