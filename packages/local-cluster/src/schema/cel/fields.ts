import type { ASTNode } from '@marcbachmann/cel-js';
import type { Schema } from '../types';
import { escaped } from './names';

/** What is known of a value's type; undefined for what only its evaluation tells. */
type Known = Schema | undefined;
type Scope = ReadonlyMap<string, Known>;

const ITERATING = ['all', 'exists', 'exists_one', 'existsOne', 'map', 'filter'];

/** A problem as compilers of CEL show it: with the line, and a mark below the place. */
export function problemAt(input: string, at: number, what: string): string {
  const lines = input.slice(0, at).split('\n');
  const column = lines[lines.length - 1].length;
  const line = input.split('\n')[lines.length - 1];
  return `ERROR: <input>:${lines.length}:${column + 1}: ${what}\n | ${line}\n | ${'.'.repeat(column)}^`;
}

class WrongField extends Error {
  constructor(what: string, { input }: ASTNode, at: number) {
    super(problemAt(input, at, what));
  }
}

/** The first field that a rule names and the schema does not have, in the words of Kubernetes. */
export function wrongField(ast: ASTNode, self: Schema, oldSelf: Schema | undefined): string | undefined {
  try {
    typeOf(ast, new Map([['self', self], ['oldSelf', oldSelf]]));
    return undefined;
  } catch (error) {
    if (error instanceof WrongField) return error.message;
    throw error;
  }
}

function typeOf(node: ASTNode, scope: Scope): Known {
  switch (node.op) {
    case 'id':
      return scope.get(node.args);
    case '.':
      return fieldOf(typeOf(node.args[0], scope), node.args[1], node, node.args[0].range.end);
    case '.?':
      fieldOf(typeOf(node.args[0], scope), node.args[1], node, node.args[0].range.end);
      return undefined;
    case '[]': {
      const [of, index] = node.args;
      typeOf(index, scope);
      return entryOf(typeOf(of, scope));
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      checkComparison(node, node.op, node.args, scope);
      return undefined;
    case 'value':
      return literal(node.args);
    case 'rcall':
      return typeOfCall(node.args[0], node.args[1], node.args[2], scope);
    default:
      visit(node.args, scope);
      return undefined;
  }
}

const LITERALS: Record<string, Schema> = { bigint: { type: 'integer' }, number: { type: 'number' }, string: { type: 'string' }, boolean: { type: 'boolean' } };

function literal(value: unknown): Known {
  return LITERALS[typeof value];
}

/** The name that CEL has for a scalar type; undefined where only the value tells. */
function scalarOf(type: Known): string | undefined {
  if (!type?.type || type.format || type['x-kubernetes-int-or-string'] || type.nullable) return undefined;
  return ({ integer: 'int', number: 'double', string: 'string', boolean: 'bool' } as Record<string, string>)[type.type];
}

function checkComparison(node: ASTNode, operator: string, [left, right]: [ASTNode, ASTNode], scope: Scope): void {
  const [a, b] = [scalarOf(typeOf(left, scope)), scalarOf(typeOf(right, scope))];
  const isNumber = (name: string) => name === 'int' || name === 'double';
  if (!a || !b || a === b || (isNumber(a) && isNumber(b))) return;
  const at = node.input.indexOf(operator, left.range.end);
  throw new WrongField(`found no matching overload for '_${operator}_' applied to '(${a}, ${b})'`, node, at);
}

/** Looks into whatever a node holds. */
function visit(args: unknown, scope: Scope): void {
  if (Array.isArray(args)) for (const part of args) visit(part, scope);
  else if (isNode(args)) typeOf(args, scope);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function typeOfCall(name: string, receiver: ASTNode, args: ASTNode[], scope: Scope): Known {
  const [first, ...rest] = args;
  if (name === 'bind' && receiver.op === 'id' && receiver.args === 'cel' && first?.op === 'id' && rest.length === 2) {
    return typeOf(rest[1], new Map([...scope, [first.args, typeOf(rest[0], scope)]]));
  }
  const type = typeOf(receiver, scope);
  if (!ITERATING.includes(name) || first?.op !== 'id') {
    visit(args, scope);
    return undefined;
  }
  visit(rest, new Map([...scope, [first.args, type?.items]]));
  return name === 'filter' ? type : undefined;
}

function entryOf(type: Known): Known {
  if (type?.items) return type.items;
  return typeof type?.additionalProperties === 'object' ? type.additionalProperties : undefined;
}

function fieldOf(type: Known, field: string, node: ASTNode, at: number): Known {
  if (!type || type['x-kubernetes-int-or-string']) return undefined;
  if (typeof type.additionalProperties === 'object') return type.additionalProperties;
  const scalar = scalarOf(type);
  if (scalar) throw new WrongField(`type '${scalar}' does not support field selection`, node, at);
  if (type.type !== 'object' || !type.properties) return undefined;
  const name = Object.keys(type.properties).find(known => escaped(known) === field);
  if (name === undefined) throw new WrongField(`undefined field '${field}'`, node, at);
  return type.properties[name];
}
