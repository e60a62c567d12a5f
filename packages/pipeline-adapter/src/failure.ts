/** Something that the author of a pipeline, or who runs the cluster, has to mend. The message is a sentence that says what. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
