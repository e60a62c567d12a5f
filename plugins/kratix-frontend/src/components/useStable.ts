import { useCallback, useEffect, useRef } from 'react';

/** A handler that stays the same and does what the newest render says, so that what takes it is not drawn anew for it. */
export function useStable<Args extends unknown[]>(handler: (...args: Args) => void): (...args: Args) => void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  return useCallback((...args: Args) => latest.current(...args), []);
}
