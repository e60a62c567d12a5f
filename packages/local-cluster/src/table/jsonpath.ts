import { equal } from '../patch/json';
import { isObject } from '../schema/types';

/** One step of a path: a field, a position, everything, or the entries that meet a condition. */
type Step =
  | { form: 'field'; name: string }
  | { form: 'index'; at: number }
  | { form: 'all' }
  | { form: 'filter'; path: Step[]; operator: string; value: unknown };

const known = new Map<string, Step[]>();

/** All values that a path such as `.status.conditions[?(@.type=="Ready")].status` finds. */
export function findAll(object: unknown, path: string): unknown[] {
  let steps = known.get(path);
  if (!steps) known.set(path, (steps = parse(path)));
  return follow([object], steps);
}

function follow(values: unknown[], steps: Step[]): unknown[] {
  return steps.reduce((found, step) => found.flatMap(value => take(value, step)).filter(value => value !== undefined), values);
}

function take(value: unknown, step: Step): unknown[] {
  switch (step.form) {
    case 'field':
      return isObject(value) ? [value[step.name]] : [];
    case 'index':
      return Array.isArray(value) ? [value.at(step.at)] : [];
    case 'all':
      if (Array.isArray(value)) return value;
      return isObject(value) ? Object.values(value) : [];
    default:
      return Array.isArray(value) ? value.filter(item => meets(follow([item], step.path), step)) : [];
  }
}

function meets(found: unknown[], { operator, value }: { operator: string; value: unknown }): boolean {
  if (operator === '') return found.length > 0;
  if (found.length === 0) return false;
  const [left] = found;
  if (operator === '==') return equal(left, value);
  if (operator === '!=') return !equal(left, value);
  const [a, b] = [Number(left), Number(value)];
  return { '<': a < b, '>': a > b, '<=': a <= b, '>=': a >= b }[operator] ?? false;
}

const STEP = /^(?:\.?\[\?\(\s*@(.*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.+?))?\s*\)\]|\.?\[(['"])(.*?)\4\]|\.?\[(-?\d+)\]|\.?\[\*\]|\.\*|\.((?:\\.|[^.[\]\\])+))/;

function parse(path: string): Step[] {
  const steps: Step[] = [];
  let rest = path.replace(/^\{(.*)\}$/, '$1').replace(/^\$/, '');
  if (rest !== '' && !/^[.[]/.test(rest)) rest = `.${rest}`;
  while (rest !== '' && rest !== '.') {
    const match = STEP.exec(rest);
    if (!match) return [{ form: 'field', name: path }];
    steps.push(toStep(match));
    rest = rest.slice(match[0].length);
  }
  return steps;
}

function toStep([text, filtered, operator, value, , quoted, index, name]: RegExpExecArray): Step {
  if (filtered !== undefined) return { form: 'filter', path: parse(filtered), operator: operator ?? '', value: literal(value ?? '') };
  if (quoted !== undefined) return { form: 'field', name: quoted.replace(/\\(.)/g, '$1') };
  if (index !== undefined) return { form: 'index', at: Number(index) };
  return name === undefined || text.endsWith('*') ? { form: 'all' } : { form: 'field', name: name.replace(/\\(.)/g, '$1') };
}

function literal(text: string): unknown {
  const quoted = /^(['"])(.*)\1$/.exec(text);
  if (quoted) return quoted[2];
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
}
