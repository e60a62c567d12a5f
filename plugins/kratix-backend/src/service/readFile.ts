import { InputError, NotFoundError } from '@backstage/errors';
import { stepOfPlacement, type FileSource, type RequestSources } from '@kratix-ts/backstage-plugin-kratix-common';
import { parseAllYaml, toYamlDocuments } from '@kratix-ts/core/kube';
import { decodeContent } from '@kratix-ts/core/wire';

export interface FileQuery {
  path: string;
  /** Needed where several destinations hold a file of this path. */
  destination?: string;
  /** Needed where several steps made a file of this path. */
  step?: string;
}

/** No page shows more than this. */
const MAX_BYTES = 5 * 1024 * 1024;
const MASK = '***';

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
    return toYamlDocuments(parseAllYaml(text, path).map(masked));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new InputError(`${path} names a Secret and is not YAML, so its values cannot be masked and it is not shown: ${words}`);
  }
}

/** The content of one delivered file. Throws NotFoundError when no destination was given such a file. */
export function readFile({ works, placements }: RequestSources, { path, destination, step }: FileQuery): string {
  const isHere = (file: FileSource) => file.filepath === path;
  const placement = placements.find(
    candidate =>
      (destination === undefined || candidate.spec?.targetDestinationName === destination) &&
      (step === undefined || stepOfPlacement(candidate, works) === step) &&
      candidate.spec?.workloads?.some(isHere),
  );
  const file = placement?.spec?.workloads?.find(isHere);
  if (!file) throw new NotFoundError(`No file "${path}" was delivered${destination ? ` to ${destination}` : ''}`);
  return withoutSecretValues(decodeContent(file.content ?? '', MAX_BYTES).toString('utf8'), path);
}
