import { dump, load } from 'js-yaml';
import { INVALID_YAML } from '@kratix-ts/backstage-plugin-kratix-common';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a field whose text is no YAML yet; undefined for any other value. */
function unreadText(value: unknown): string | undefined {
  const text = isRecord(value) ? value[INVALID_YAML] : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** A value as its field shows it; nothing, and an object without fields, are an empty text. */
export function yamlText(value: unknown): string {
  const unread = unreadText(value);
  if (unread !== undefined) return unread;
  const isEmpty = value === undefined || (isRecord(value) && Object.keys(value).length === 0);
  return isEmpty ? '' : dump(value, { lineWidth: 100, noRefs: true });
}

export type YamlReading = { value: unknown; problem?: undefined } | { value: unknown; problem: 'noMapping' | 'invalid'; words: string };

/** What a text says; where it is no YAML yet, a value that says so and keeps the text. */
export function readYamlText(text: string, objectOnly: boolean): YamlReading {
  if (text.trim() === '') return { value: undefined };
  try {
    const value = load(text) ?? undefined;
    if (!objectOnly || value === undefined || isRecord(value)) return { value };
    return { value: { [INVALID_YAML]: text }, problem: 'noMapping', words: '' };
  } catch (error) {
    const words = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { value: { [INVALID_YAML]: text }, problem: 'invalid', words };
  }
}

/** Whether a value is, or holds, a text that is no YAML yet: the form hands a whole list to the field of its items. */
export function holdsUnread(value: unknown): boolean {
  if (unreadText(value) !== undefined) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnread);
}
