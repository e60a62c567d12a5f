/** Everything that may make a condition true tells this; whoever waits looks again. */
export class Changes {
  private readonly listeners = new Set<() => void>();

  readonly notify = () => {
    for (const listener of this.listeners) listener();
  };

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export interface UntilOptions {
  /** Milliseconds. */
  timeout?: number;
  /** What to say of the state of things when the time is over. */
  seen?: () => unknown;
}

type Found<T> = T | undefined | null | false;

/**
 * Waits until `condition` finds something, looking again with every change. Throws after the timeout, saying what it
 * waited for and what it saw.
 */
export function until<T>(
  changes: Changes,
  what: string,
  condition: () => Found<T> | Promise<Found<T>>,
  { timeout = 60_000, seen }: UntilOptions = {},
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let isLooking = false;
    let isWanted = false;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      unsubscribe();
      settle();
    };
    const look = async () => {
      isWanted = true;
      if (isLooking) return;
      isLooking = true;
      try {
        while (isWanted) {
          isWanted = false;
          const found = await condition();
          if (found !== undefined && found !== null && found !== false) return end(() => resolve(found));
        }
      } catch (error) {
        end(() => reject(error));
      } finally {
        isLooking = false;
      }
      return undefined;
    };
    const unsubscribe = changes.subscribe(look);
    const timer = setTimeout(() => end(() => reject(tooLate(what, timeout, seen))), timeout);
    look().catch(reject);
  });
}

function tooLate(what: string, timeout: number, seen?: () => unknown): Error {
  const state = seen ? `; seen last: ${JSON.stringify(seen(), undefined, 2) ?? 'nothing'}` : '';
  return new Error(`waited ${timeout / 1000} s for ${what}${state}`);
}
