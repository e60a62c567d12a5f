import { Optional, type Environment } from '@marcbachmann/cel-js';
import { hasFormat } from '../formats';

class StringsNamespace {}
class FormatNamespace {}

/** One of Kubernetes' named formats. */
class Format {
  constructor(readonly problems: (text: string) => string[]) {}
}

function outOfRange(index: bigint): Error {
  return new Error(`index out of range: ${index}`);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (typeof value === 'object' && value !== null) return `{${Object.entries(value).map(([key, item]) => `${key}: ${shown(item)}`).join(', ')}}`;
  return String(value);
}

const CLAUSE = /%(?:\.(\d+))?([a-zA-Z%])/g;

/** `"%s has %d".format([a, b])`. Throws where a clause has no value. */
function format(text: string, values: unknown[]): string {
  let next = 0;
  return text.replace(CLAUSE, (_clause, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (next >= values.length) throw new Error(`index ${next} out of range`);
    const value = values[next++];
    switch (verb) {
      case 's':
        return shown(value);
      case 'd':
        return String(value);
      case 'f':
        return Number(value).toFixed(Number(precision ?? 6));
      case 'e':
        return Number(value).toExponential(Number(precision ?? 6)).replace(/e([+-])(\d)$/, 'e$10$2');
      case 'b':
        return typeof value === 'boolean' ? String(Number(value)) : BigInt(value as bigint).toString(2);
      case 'o':
        return BigInt(value as bigint).toString(8);
      case 'x':
      case 'X': {
        const hex = typeof value === 'string' ? Buffer.from(value).toString('hex') : BigInt(value as bigint).toString(16);
        return verb === 'X' ? hex.toUpperCase() : hex;
      }
      default:
        throw new Error(`could not parse formatting clause: unrecognized formatting clause ${JSON.stringify(verb)}`);
    }
  });
}

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;
const fits = (pattern: RegExp, most: number, what: string) =>
  new Format(text => [...(text.length > most ? [`must be no more than ${most} bytes`] : []), ...(pattern.test(text) ? [] : [`must be ${what}`])]);
const ofSchema = (name: string) => new Format(text => (hasFormat(text, name) ? [] : [`must be a valid ${name}`]));

const FORMATS: Record<string, Format> = {
  dns1123Label: fits(LABEL, 63, 'a lowercase RFC 1123 label'),
  dns1123Subdomain: fits(SUBDOMAIN, 253, 'a lowercase RFC 1123 subdomain'),
  dns1035Label: fits(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 63, 'a DNS-1035 label'),
  dns1123LabelPrefix: new Format(text => (LABEL.test(text.replace(/-$/, '')) ? [] : ['must be a prefix of a lowercase RFC 1123 label'])),
  dns1123SubdomainPrefix: new Format(text => (SUBDOMAIN.test(text.replace(/-$/, '')) ? [] : ['must be a prefix of a lowercase RFC 1123 subdomain'])),
  dns1035LabelPrefix: new Format(text => (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text.replace(/-$/, '')) ? [] : ['must be a prefix of a DNS-1035 label'])),
  qualifiedName: fits(QUALIFIED, 317, 'a qualified name'),
  labelValue: fits(/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, 63, 'a valid label value'),
  uri: ofSchema('uri'),
  uuid: ofSchema('uuid'),
  byte: ofSchema('byte'),
  date: ofSchema('date'),
  datetime: ofSchema('date-time'),
};

/** CEL's string functions that the evaluator lacks, and Kubernetes' named formats. */
export function addStrings(environment: Environment): Environment {
  environment
    .registerFunction('string.charAt(int): string', (text: string, index: bigint) => {
      const letters = [...text];
      if (index < 0n || index > letters.length) throw outOfRange(index);
      return letters[Number(index)] ?? '';
    })
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) => text.replaceAll(from, () => to))
    .registerFunction('string.replace(string, string, int): string', (text: string, from: string, to: string, most: bigint) => replaceSome(text, from, to, Number(most)))
    .registerFunction('string.reverse(): string', (text: string) => [...text].reverse().join(''))
    .registerFunction('string.format(list): string', format)
    .registerType('StringsNamespace', StringsNamespace)
    .registerConstant('strings', 'StringsNamespace', new StringsNamespace())
    .registerFunction('StringsNamespace.quote(string): string', (_strings: StringsNamespace, text: string) => JSON.stringify(text))
    .registerType('FormatNamespace', FormatNamespace)
    .registerType('Format', Format)
    .registerConstant('format', 'FormatNamespace', new FormatNamespace())
    .registerFunction('FormatNamespace.named(string): optional', (_format: FormatNamespace, name: string) => Optional.of(FORMATS[name]))
    .registerFunction('Format.validate(string): optional', ({ problems }: Format, text: string) => {
      const found = problems(text);
      return Optional.of(found.length > 0 ? found : undefined);
    });
  for (const [name, known] of Object.entries(FORMATS)) environment.registerFunction(`FormatNamespace.${name}(): Format`, () => known);
  return environment;
}

function replaceSome(text: string, from: string, to: string, most: number): string {
  if (most < 0) return text.replaceAll(from, () => to);
  const parts = text.split(from);
  const kept = parts.slice(0, most + 1);
  return [kept.join(to), ...parts.slice(most + 1)].join(from);
}
