import { InputError, NotFoundError } from '@backstage/errors';
import {
  packedSize,
  stepOfPlacement,
  type FileContent,
  type FileSource,
  type PlacementSource,
  type RequestSources,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { parseAllYaml, toYamlDocuments } from '@kratix-ts/core/kube';
import { decodeContent } from '@kratix-ts/core/wire';
import { isUtf8 } from 'node:buffer';

export interface FileQuery {
  path: string;
  /** Needed where several destinations hold a file of this path. */
  destination?: string;
  /** Needed where several steps made a file of this path. */
  step?: string;
}

/** No page shows more than this. */
const MAX_SHOWN_BYTES = 1024 * 1024;
/** Nobody gets more than this as text. */
const MAX_RAW_BYTES = 5 * 1024 * 1024;
const MASK = '***';

function holdsSecret(document: unknown): boolean {
  if (typeof document !== 'object' || document === null) return false;
  const { kind, items }: { kind?: unknown; items?: unknown } = document;
  return kind === 'Secret' || (Array.isArray(items) && items.some(holdsSecret));
}

function masked(document: unknown): unknown {
  if (typeof document !== 'object' || document === null) return document;
  const fields: Record<string, unknown> = { ...document };
  if (Array.isArray(fields.items)) return { ...fields, items: fields.items.map(masked) };
  if (fields.kind !== 'Secret') return document;
  const hide = (values: unknown) =>
    typeof values === 'object' && values !== null ? Object.fromEntries(Object.keys(values).map(key => [key, MASK])) : values;
  const { metadata, ...rest } = fields;
  return { ...rest, metadata: withoutLastApplied(metadata), data: hide(fields.data), stringData: hide(fields.stringData) };
}

function withoutLastApplied(metadata: unknown): unknown {
  if (typeof metadata !== 'object' || metadata === null || !('annotations' in metadata)) return metadata;
  const annotations: Record<string, unknown> = { ...(metadata.annotations as object | null) };
  delete annotations['kubectl.kubernetes.io/last-applied-configuration'];
  return { ...metadata, annotations };
}

/** The text of a file, with the values of Secrets masked. Throws InputError for what may hold a Secret and cannot be read. */
export function withoutSecretValues(text: string, path: string): string {
  if (!/\bSecret\b/.test(text)) return text;
  try {
    const documents = parseAllYaml(text, path);
    // The word alone may stand in a comment or in a reference.
    return documents.some(holdsSecret) ? toYamlDocuments(documents.map(masked)) : text;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new InputError(`${path} names a Secret and is not YAML, so its values cannot be masked and it is not shown: ${words}`);
  }
}

/** A delivered file where it was found. */
export interface FoundFile {
  placement: PlacementSource;
  /** Of the step that made it. */
  step: string;
  file: FileSource;
}

/** Finds a delivered file. Throws NotFoundError when no destination was given such a file. */
export function findFile({ works, placements }: RequestSources, { path, destination, step }: FileQuery): FoundFile {
  const isHere = (file: FileSource) => file.filepath === path;
  for (const placement of placements) {
    const made = stepOfPlacement(placement, works);
    const isMeant = (destination === undefined || placement.spec?.targetDestinationName === destination) && (step === undefined || made === step);
    const file = isMeant ? placement.spec?.workloads?.find(isHere) : undefined;
    if (file) return { placement, step: made, file };
  }
  throw new NotFoundError(`No file "${path}" was delivered${destination ? ` to ${destination}` : ''}`);
}

/** The whole text of a file, with the values of Secrets masked. Throws InputError where it is too large, or cannot be masked. */
export function rawText(content: string | undefined, path: string): string {
  if (packedSize(content) > MAX_RAW_BYTES) throw new InputError(`${path} is larger than ${MAX_RAW_BYTES} bytes; look at it in its store`);
  return withoutSecretValues(decodeContent(content ?? '', MAX_RAW_BYTES).toString('utf8'), path);
}

/** What a page shows of a packed file: its text, or why there is none. */
export function shownText(content: string | undefined, path: string): Pick<FileContent, 'content' | 'reason'> {
  if (packedSize(content) > MAX_SHOWN_BYTES) return { reason: 'too-large' };
  const bytes = decodeContent(content ?? '', MAX_SHOWN_BYTES + 1);
  if (bytes.length > MAX_SHOWN_BYTES) return { reason: 'too-large' };
  if (bytes.includes(0) || !isUtf8(bytes)) return { reason: 'binary' };
  const text = bytes.toString('utf8');
  try {
    const shown = withoutSecretValues(text, path);
    return shown === text ? { content: text } : { content: shown, reason: 'secret' };
  } catch (error) {
    if (error instanceof InputError) return { reason: 'secret' };
    throw error;
  }
}
