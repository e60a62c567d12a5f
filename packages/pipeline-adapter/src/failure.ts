/** Something that the author of a pipeline, or who runs the cluster, has to mend. The message is a sentence that says what. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    message: string,
    /** Another try of the whole pipeline may well succeed: the cluster was not reachable, or overloaded. */
    readonly isPassing = false,
  ) {
    super(message);
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
