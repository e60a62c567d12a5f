import { dump, load } from 'js-yaml';

/** A request's spec as people edit it. */
export function specToText(spec: Record<string, unknown>): string {
  return Object.keys(spec).length > 0 ? dump(spec, { lineWidth: 100, noRefs: true }) : '';
}

export type SpecReading =
  | { spec: Record<string, unknown>; error?: undefined }
  | { spec?: undefined; error: 'notYaml'; words: string }
  | { spec?: undefined; error: 'notObject' };

/** What an edited text says; an empty text is a spec without fields. */
export function textToSpec(text: string): SpecReading {
  let value: unknown;
  try {
    value = text.trim() ? load(text) : {};
  } catch (error) {
    return { error: 'notYaml', words: error instanceof Error ? error.message.split('\n')[0] : String(error) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { error: 'notObject' };
  return { spec: { ...value } };
}
