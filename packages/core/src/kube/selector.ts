import type { InformerOptions, KubeObject } from './types';

type Labels = Record<string, string>;
type Requirement = (labels: Labels) => boolean;

const SET = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/;
const EQUALITY = /^([^!=\s]+)\s*(==|=|!=)\s*(\S*)$/;

/** Splits at commas outside of parentheses. */
function requirements(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map(part => part.trim())
    .filter(Boolean);
}

function parseRequirement(text: string, selector: string): Requirement {
  const set = SET.exec(text);
  if (set) {
    const values = set[3].split(',').map(value => value.trim());
    const isIn: Requirement = labels => labels[set[1]] !== undefined && values.includes(labels[set[1]]);
    return set[2] === 'in' ? isIn : labels => !isIn(labels);
  }
  const equality = EQUALITY.exec(text);
  if (equality) {
    const [, key, operator, value] = equality;
    return operator === '!=' ? labels => labels[key] !== value : labels => labels[key] === value;
  }
  if (/^!\s*\S+$/.test(text)) return labels => labels[text.slice(1).trim()] === undefined;
  if (/^[^\s()]+$/.test(text)) return labels => labels[text] !== undefined;
  throw new SyntaxError(
    `label selector "${selector}": "${text}" is not a requirement such as key=value or key in (a,b)`,
  );
}

/** Compiles a label selector in the notation of the API (`a=b,c!=d,e in (x,y),f,!g`). An empty one matches everything. */
export function labelMatcher(selector = ''): (labels: Labels | undefined) => boolean {
  const all = requirements(selector).map(text => parseRequirement(text, selector));
  return labels => all.every(matches => matches(labels ?? {}));
}

const FIELDS: Record<string, (object: KubeObject) => string> = {
  'metadata.name': object => object.metadata.name,
  'metadata.namespace': object => object.metadata.namespace ?? '',
};

/**
 * Tells whether an object belongs to what an informer watches; `undefined` when only the server can tell, because the
 * field selector names a field that is not the object's name or namespace.
 */
export function scopeMatcher(options: InformerOptions): (object: KubeObject) => boolean | undefined {
  const labels = labelMatcher(options.labelSelector);
  const fields = requirements(options.fieldSelector ?? '').map(text => EQUALITY.exec(text));
  return object => {
    if (options.namespace && object.metadata.namespace !== options.namespace) return false;
    if (!labels(object.metadata.labels)) return false;
    let answer: boolean | undefined = true;
    for (const field of fields) {
      const read = field && FIELDS[field[1]];
      if (!read) answer = undefined;
      else if ((read(object) === field[3]) !== (field[2] !== '!=')) return false;
    }
    return answer;
  };
}
