/** A failure that another try cannot mend. It is logged and not repeated until the object changes. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}
