import { useSyncExternalStore } from 'react';

/** One clock for the whole page: a second hand that runs only while somebody looks at it. */
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick() {
  now = Date.now();
  listeners.forEach(listener => listener());
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  if (!timer) {
    now = Date.now();
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const still = () => () => {};

/**
 * The time in milliseconds, anew each second while `isRunning`. Use it in the smallest component that shows a time, so
 * that a second that passes draws that text alone.
 */
export function useNow(isRunning = true): number {
  return useSyncExternalStore(isRunning ? subscribe : still, () => (timer ? now : currentSecond()));
}

/** A snapshot must not change between two reads in one render. */
function currentSecond(): number {
  const current = Date.now();
  if (current - now > 1000) now = current;
  return now;
}
