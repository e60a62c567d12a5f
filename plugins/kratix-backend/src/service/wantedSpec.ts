import { InputError } from '@backstage/errors';
import { revealSecrets, type JsonSchema, type RequestObject } from '@kratix-ts/backstage-plugin-kratix-common';
import { refuseOlder, type EditOf } from './editConflict';

/** What the edit asks for, with the secrets that its tokens stand for. Throws ConflictError, or InputError that names the field. */
export function wantedSpec(current: RequestObject, { edit, schema, by }: EditOf): Record<string, unknown> {
  refuseOlder(current, { edit, schema, by });
  return revealed(edit.spec, current, schema);
}

/** A spec in which tokens are the secrets of `current` again. Throws InputError that names a field whose secret is gone. */
export function revealed(spec: Record<string, unknown>, current: RequestObject, schema: JsonSchema | undefined): Record<string, unknown> {
  try {
    return revealSecrets(spec, schema, current.spec ?? {});
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error));
  }
}
