import type { GitEnvironment } from './git-process';

/** Keys of a Secret, decoded. */
export type Secret = Readonly<Record<string, string>>;

/** How one store proves who it is. */
export interface GitCredentials {
  /** Texts that must never be seen in a message. */
  secrets(): string[];
  /** Runs a command with what it needs to sign in; key files are there only meanwhile, readable by this user alone. */
  use<T>(folder: string, command: (environment: GitEnvironment) => Promise<T>): Promise<T>;
  /** The server did not take them: what can be made anew is made anew next time. */
  refused?(): void;
  /** What to do where the server wants other credentials. */
  mend?: string;
}
