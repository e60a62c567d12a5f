import type { JsonSchema } from './formField';

/** Hints that say more than a `ui:` keyword of the same name. */
const OWN = ['x-ui-title', 'x-ui-order', 'x-ui-hidden', 'x-ui-advanced', 'x-ui-secret', 'x-ui-help', 'x-ui-labels'];

const ACRONYMS = new Set(['api', 'cpu', 'db', 'dns', 'gpu', 'http', 'https', 'id', 'ip', 'json', 'tls', 'ttl', 'uri', 'url', 'yaml']);

const UNIT = /^[KMGTP]iB?$/;

/** `maxLogFileDurationHours` reads "Max log file duration hours". */
export function humanise(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    // A unit of bytes at the end of a name is one word.
    .replace(/([KMGTP]i) (B)$/, '$1$2')
    .split(/[\s_\-.]+/)
    .filter(Boolean)
    .map(word => {
      if (UNIT.test(word)) return word;
      if (ACRONYMS.has(word.toLowerCase())) return word.toUpperCase();
      return /^[A-Z0-9]{2,}$/.test(word) ? word : word.toLowerCase();
    });
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Words as a sentence, so that several can follow each other. */
function sentence(words: unknown): string {
  const text = typeof words === 'string' ? words.trim() : '';
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

/** What the server's rules in CEL ask for, in their authors' words, or else the rules themselves. */
function rulesOf(schema: JsonSchema): string[] {
  const rules = schema['x-kubernetes-validations'];
  if (!Array.isArray(rules)) return [];
  return rules.map(({ message, rule }) => sentence(message ?? (rule && `Must hold: ${rule}`)));
}

const SECRET_REFERENCE = 'Names an existing Secret in the namespace of the request; what it holds is not entered here.';

function helpOf(schema: JsonSchema): string {
  const reference = schema['x-ui-secret'] === true && schema.type === 'object' ? SECRET_REFERENCE : '';
  return [sentence(schema['x-ui-help']), reference, ...rulesOf(schema)].filter(Boolean).join(' ');
}

/**
 * The `ui:` keywords of a field. `x-ui-widget: textarea` says `ui:widget: textarea`, and so on; `x-ui-hidden: true` hides
 * the field; `x-ui-help` and the messages of rules in CEL stand below it.
 */
export function hintsOf(schema: JsonSchema): JsonSchema {
  const hints: JsonSchema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword.startsWith('x-ui-') && !OWN.includes(keyword)) hints[`ui:${keyword.slice('x-ui-'.length)}`] = value;
  }
  if (schema['x-ui-hidden'] === true) hints['ui:widget'] = 'hidden';
  const help = helpOf(schema);
  if (help) hints['ui:help'] = help;
  return hints;
}
