import {
  boolYaml11Tag,
  CORE_SCHEMA,
  defineScalarTag,
  dump,
  floatCoreTag,
  intYaml11Tag,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  YAMLException,
} from 'js-yaml';

/*
 * What kubectl reads is what counts: its parser takes YAML 1.1's booleans and octal numbers, YAML 1.2's `0o` numbers and
 * floats, and knows neither base-60 numbers nor dates.
 */
const goInt = defineScalarTag<number>('tag:yaml.org,2002:int', {
  ...intYaml11Tag,
  resolve: (source, isExplicit, tagName) => {
    if (source.includes(':')) return NOT_RESOLVED;
    const octal = /^([-+]?)0o([0-7]+)$/.exec(source);
    if (octal) return (octal[1] === '-' ? -1 : 1) * parseInt(octal[2], 8);
    const value = intYaml11Tag.resolve(source, isExplicit, tagName);
    if (value !== NOT_RESOLVED && !Number.isSafeInteger(value)) {
      throw new YAMLException(`the number ${source} is too large to be kept exactly; put it in quotes`);
    }
    return value;
  },
});

const GO_SCHEMA = CORE_SCHEMA.withTags(nullYaml11Tag, boolYaml11Tag, goInt, floatCoreTag, mergeTag);

/** A text that grows beyond this many values by its aliases is refused. */
const MAX_NODES = 1_000_000;

/** Aliases are read as shared objects, so a small text can stand for more values than any memory holds. */
function refuseExplosion(value: unknown) {
  let left = MAX_NODES;
  const visit = (node: unknown) => {
    left -= 1;
    if (left < 0) throw new YAMLException('its aliases stand for too many values');
    if (typeof node === 'object' && node !== null) Object.values(node).forEach(visit);
  };
  visit(value);
}

function withFile<T>(file: string | undefined, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`${file ?? 'YAML'}: ${message}`, { cause: error });
  }
}

/**
 * Parses one YAML (or JSON) document as kubectl does; an empty text is `undefined`.
 * Throws SyntaxError, naming `file` and the place, when the text is not YAML or holds several documents.
 */
export function parseYaml(text: string, file?: string): unknown {
  const documents = parseAllYaml(text, file);
  if (documents.length > 1) {
    throw new SyntaxError(`${file ?? 'YAML'}: one document was expected, but ${documents.length} were found`);
  }
  return documents[0];
}

/** Parses every document of a text as kubectl does; empty documents are left out. Throws as {@link parseYaml} does. */
export function parseAllYaml(text: string, file?: string): unknown[] {
  return withFile(file, () => {
    const documents = loadAll(text, { schema: GO_SCHEMA });
    if (text.includes('*')) refuseExplosion(documents);
    return documents.filter(document => document !== null && document !== undefined);
  });
}

/** Writes one document; texts that YAML 1.1 would read as something else are quoted. Undefined fields are left out. */
export function toYaml(value: unknown): string {
  return dump(value, { noRefs: true, lineWidth: -1, skipInvalid: true });
}

/** Writes several documents, with `---` between them. */
export function toYamlDocuments(values: readonly unknown[]): string {
  return values.map(toYaml).join('---\n');
}
