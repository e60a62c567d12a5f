import type { PromiseVersion } from '@kratix-ts/backstage-plugin-kratix-common';

/** The latest first, then by age; what has no date keeps its place behind. */
export function newestFirst(versions: readonly PromiseVersion[]): PromiseVersion[] {
  const age = ({ latest, createdAt }: PromiseVersion) => (latest ? Infinity : Date.parse(createdAt ?? '') || 0);
  return [...versions].sort((a, b) => Number(age(b) > age(a)) - Number(age(b) < age(a)));
}

/** Breaking changes on the way from a version to the latest, oldest first. `versions` are newest first. */
export function breakingAfter(versions: readonly PromiseVersion[], version: string): { version: string; text: string }[] {
  const place = versions.findIndex(candidate => candidate.version === version);
  return versions
    .slice(0, Math.max(0, place))
    .reverse()
    .flatMap(later => (later.changes ?? []).filter(({ breaking }) => breaking).map(({ text }) => ({ version: later.version, text })));
}
