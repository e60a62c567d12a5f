import { badRequest } from './errors';
import { isObject, type Json } from '../schema/types';

export type ObjectFilter = (object: Json) => boolean;

interface Requirement {
  key: string;
  operator: 'in' | 'notin' | 'exists' | 'absent' | 'gt' | 'lt';
  values: string[];
}

/** Reads `a=b,c!=d,e in (f,g),!h`. Throws a bad request where it cannot be read. */
export function labelFilter(selector: string): ObjectFilter | undefined {
  const requirements = splitSelector(selector).map(parseLabel);
  if (requirements.length === 0) return undefined;
  return object => {
    const labels = isObject(object.metadata) && isObject(object.metadata.labels) ? object.metadata.labels : {};
    return requirements.every(requirement => meets(labels[requirement.key], requirement));
  };
}

function meets(value: unknown, { operator, values }: Requirement): boolean {
  switch (operator) {
    case 'in':
      return typeof value === 'string' && values.includes(value);
    case 'notin':
      return typeof value !== 'string' || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'gt':
      return typeof value === 'string' && Number(value) > Number(values[0]);
    default:
      return typeof value === 'string' && Number(value) < Number(values[0]);
  }
}

/** Splits at commas that are not inside parentheses. */
function splitSelector(selector: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const letter of selector) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (letter === ',' && depth === 0) {
      parts.push(current);
      current = '';
    } else current += letter;
  }
  parts.push(current);
  return parts.map(part => part.trim()).filter(Boolean);
}

const NAME = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const SET = new RegExp(`^(${NAME})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const COMPARISON = new RegExp(`^(${NAME})\\s*(==|=|!=|>|<)\\s*([-A-Za-z0-9_.]*)$`);
const PRESENCE = new RegExp(`^(!?)\\s*(${NAME})$`);

function parseLabel(text: string): Requirement {
  const set = SET.exec(text);
  if (set) {
    return { key: set[1], operator: set[2] === 'in' ? 'in' : 'notin', values: set[3].split(',').map(value => value.trim()) };
  }
  const comparison = COMPARISON.exec(text);
  if (comparison) {
    const operators = { '=': 'in', '==': 'in', '!=': 'notin', '>': 'gt', '<': 'lt' } as const;
    return { key: comparison[1], operator: operators[comparison[2] as keyof typeof operators], values: [comparison[3]] };
  }
  const presence = PRESENCE.exec(text);
  if (!presence) throw badRequest(`unable to parse requirement: ${JSON.stringify(text)} is no label selector`);
  return { key: presence[2], operator: presence[1] ? 'absent' : 'exists', values: [] };
}

/** Reads `metadata.name=a,status.phase!=b`; only the given paths (and name and namespace) may be named. */
export function fieldFilter(selector: string, selectable: string[]): ObjectFilter | undefined {
  const requirements = splitSelector(selector).map(text => {
    const match = /^([^=!]+?)(==|=|!=)(.*)$/.exec(text);
    if (!match) throw badRequest(`invalid selector: '${selector}'; can't understand '${text}'`);
    const [, path, operator, value] = match;
    const known = path === 'metadata.name' || path === 'metadata.namespace' || selectable.includes(`.${path}`);
    if (!known) throw badRequest(`field label not supported: ${path}`);
    return { path: path.split('.'), negated: operator === '!=', value: value.replace(/\\(.)/g, '$1') };
  });
  if (requirements.length === 0) return undefined;
  return object =>
    requirements.every(({ path, negated, value }) => {
      const found = path.reduce<unknown>((part, field) => (isObject(part) ? part[field] : undefined), object);
      return (found === undefined || found === null ? '' : String(found)) === value ? !negated : negated;
    });
}

/** Both filters in one; undefined when everything passes. */
export function bothFilters(a: ObjectFilter | undefined, b: ObjectFilter | undefined): ObjectFilter | undefined {
  return a && b ? object => a(object) && b(object) : (a ?? b);
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

const OPERATORS: Record<string, Requirement['operator']> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: 'absent' };

/** Whether a selector as objects carry it selects these labels; an empty one selects all. */
export function selects(selector: LabelSelector | undefined, labels: Record<string, unknown>): boolean {
  const wanted = Object.entries(selector?.matchLabels ?? {});
  if (wanted.some(([key, value]) => labels[key] !== value)) return false;
  return (selector?.matchExpressions ?? []).every(({ key, operator, values = [] }) => meets(labels[key], { key, operator: OPERATORS[operator] ?? 'in', values }));
}
