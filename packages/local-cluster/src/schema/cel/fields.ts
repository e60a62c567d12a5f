import type { ASTNode } from '@marcbachmann/cel-js';
import type { Schema } from '../types';
import { escaped } from './names';

/** What is known of a value's type; undefined for what only its evaluation tells. */
type Known = Schema | undefined;
type Scope = ReadonlyMap<string, Known>;

const SCALARS = ['string', 'integer', 'number', 'boolean'];
const ITERATING = ['all', 'exists', 'exists_one', 'existsOne', 'map', 'filter'];

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

class WrongField extends Error {
  constructor(what: string, { input, range }: ASTNode) {
    const lines = input.slice(0, range.start).split('\n');
    super(`ERROR: <input>:${lines.length}:${lines[lines.length - 1].length + 1}: ${what}`);
  }
}

function typeOf(node: ASTNode, scope: Scope): Known {
  switch (node.op) {
    case 'id':
      return scope.get(node.args);
    case '.':
      return fieldOf(typeOf(node.args[0], scope), node.args[1], node);
    case '.?':
      fieldOf(typeOf(node.args[0], scope), node.args[1], node);
      return undefined;
    case '[]': {
      const [of, index] = node.args;
      typeOf(index, scope);
      return entryOf(typeOf(of, scope));
    }
    case 'rcall':
      return typeOfCall(node.args[0], node.args[1], node.args[2], scope);
    default:
      visit(node.args, scope);
      return undefined;
  }
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

function fieldOf(type: Known, field: string, node: ASTNode): Known {
  if (!type || type['x-kubernetes-int-or-string']) return undefined;
  if (typeof type.additionalProperties === 'object') return type.additionalProperties;
  if (SCALARS.includes(type.type ?? '') && !type.format) throw new WrongField(`type '${type.type}' does not support field selection`, node);
  if (type.type !== 'object' || !type.properties) return undefined;
  const name = Object.keys(type.properties).find(known => escaped(known) === field);
  if (name === undefined) throw new WrongField(`undefined field '${field}'`, node);
  return type.properties[name];
}
