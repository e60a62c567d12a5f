import type { PromiseObject, PromiseRevisionObject } from '../api';
import { labels } from '../wire/names';

/** The version of a Promise that bears no version label. Source: B-PR-7. */
export const NOT_SET = 'not-set';

/** What a binding asks for that follows its Promise. */
export const LATEST = 'latest';

/** The version that the Promise has now. */
export function versionOf(promise: PromiseObject): string {
  return promise.metadata.labels?.[labels.promiseVersion] || NOT_SET;
}

/**
 * The revision that floating requests follow: the label decides, as whoever sets it last means it. While two bear the
 * label it is the one whose status does not say so yet. Source: B-REV-2.
 */
export function latestRevision(revisions: readonly PromiseRevisionObject[]): PromiseRevisionObject | undefined {
  const labelled = revisions.filter(({ metadata }) => metadata.labels?.[labels.latestRevision] === 'true');
  if (labelled.length === 0) return revisions.find(({ status }) => status?.latest);
  const isNews = ({ status }: PromiseRevisionObject) => (status?.latest ? 0 : 1);
  const made = ({ metadata }: PromiseRevisionObject) => `${metadata.creationTimestamp ?? ''}/${metadata.name}`;
  return [...labelled].sort((a, b) => isNews(b) - isNews(a) || made(b).localeCompare(made(a)))[0];
}
