import { MIN_INTERVAL } from '../promise/interval';
import { parseGoDuration } from '../wire/go-duration';
import { annotations } from '../wire/names';

const AT_ANNOTATION = `metadata.annotations[${annotations.reconciliationInterval}]`;

function problemOf(path: string, text: string): string[] {
  const interval = parseGoDuration(text);
  const invalid = `${path}: Invalid value: "${text}"`;
  if (interval === undefined) return [`${invalid}: must be a valid duration`];
  return interval < MIN_INTERVAL ? [`${invalid}: must be at least 1m0s`] : [];
}

interface Annotated {
  metadata: { annotations?: Record<string, string> };
}

/** The annotation that sets an interval; an old bad value is tolerated as long as it stays. Source: B-WH-1, B-WH-30. */
export function annotatedIntervalProblems(object: Annotated, previous: Annotated | undefined): string[] {
  const text = object.metadata.annotations?.[annotations.reconciliationInterval];
  if (text === undefined || text === previous?.metadata.annotations?.[annotations.reconciliationInterval]) return [];
  return problemOf(AT_ANNOTATION, text);
}

/** `spec.workflows.config.reconciliationInterval`. Source: B-WH-1. */
export function specIntervalProblems(text: string | undefined): string[] {
  return text ? problemOf('spec.workflows.config.reconciliationInterval', text) : [];
}
