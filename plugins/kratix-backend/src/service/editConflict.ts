import { ConflictError } from '@backstage/errors';
import { ANNOTATION_REQUESTED_BY, threeWay, type EditConflict, type RequestObject } from '@kratix-ts/backstage-plugin-kratix-common';
import type { SpecEdit } from './requestInput';

/** Refuses an edit that began from an older spec; the answer's `error.conflict` says what each side changed. */
export function refuseOlder(current: RequestObject, edit: SpecEdit): void {
  const { namespace, name, generation = 0 } = current.metadata;
  if (generation === edit.generation) return;
  const message = `"${namespace}/${name}" was changed in between: you edited generation ${edit.generation}, it is ${generation} now. Look at the newer one and edit that.`;
  throw Object.assign(new ConflictError(message), { conflict: conflictOf(current, edit) });
}

/** Where nobody says what the edit began from, the two sides are compared alone. */
function conflictOf({ metadata, spec: theirs = {} }: RequestObject, { spec: mine, base = theirs }: SpecEdit): EditConflict {
  return {
    base,
    mine,
    theirs,
    generation: metadata.generation ?? 0,
    fields: threeWay(base, mine, theirs),
    changedBy: metadata.annotations?.[ANNOTATION_REQUESTED_BY],
  };
}
