import { ConflictError } from '@backstage/errors';
import { ANNOTATION_REQUESTED_BY, hideSecrets, threeWay, type EditConflict, type JsonSchema, type RequestObject } from '@kratix-ts/backstage-plugin-kratix-common';
import type { SpecEdit } from './requestInput';

/** Refuses an edit that began from an older spec; the answer's `error.conflict` says what each side changed. */
export function refuseOlder(current: RequestObject, edit: SpecEdit, schema: JsonSchema | undefined): void {
  const { namespace, name, generation = 0 } = current.metadata;
  if (generation === edit.generation) return;
  const message = `"${namespace}/${name}" was changed in between: you edited generation ${edit.generation}, it is ${generation} now. Look at the newer one and edit that.`;
  throw Object.assign(new ConflictError(message), { conflict: conflictOf(current, edit, schema) });
}

/** Where nobody says what the edit began from, the two sides are compared alone. Of the secrets that are there it holds tokens. */
function conflictOf({ metadata, spec = {} }: RequestObject, edit: SpecEdit, schema: JsonSchema | undefined): EditConflict {
  const theirs = hideSecrets(spec, schema);
  const { spec: mine, base = theirs } = edit;
  return {
    base,
    mine,
    theirs,
    generation: metadata.generation ?? 0,
    fields: threeWay(base, mine, theirs),
    changedBy: metadata.annotations?.[ANNOTATION_REQUESTED_BY],
  };
}
