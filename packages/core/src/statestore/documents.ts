import { parseAllYaml } from '../kube/yaml';

/** What a file brings to one that holds the documents of many. */
export interface Documents {
  /** Without a `---` at either end; undefined where there is nothing. */
  text: string | undefined;
  /** What was left out, and why, in a sentence that names the file. */
  problems: string[];
}

const MARKER = /^(?:---(?=\s|$)|\.\.\.(?=\s*$))/mu;
const isIn = (text: string) => text.trim() !== '';

/** Whether a document can be applied, as the end of a sentence; undefined for a good one. */
function objectProblem(document: unknown): string | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return 'is no Kubernetes object';
  const { apiVersion, kind } = document as { apiVersion?: unknown; kind?: unknown };
  if (typeof kind !== 'string' || kind === '') return 'has no kind';
  return typeof apiVersion === 'string' && apiVersion !== '' ? undefined : 'has no apiVersion';
}

function parsed(text: string): unknown[] | string {
  try {
    return parseAllYaml(text);
  } catch (error) {
    return `cannot be read: ${(error as Error).message.replace(/^YAML: /u, '').split('\n')[0]}`;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** `%YAML` says nothing that matters here, and may only stand where a document ends with dots. */
const withoutDirective = (text: string) => text.replace(/^(?:%YAML[^\n]*(?:\n|$))+/u, '');

/**
 * The documents of a manifest, ready to stand among others: YAML of one or many documents, however they are marked off,
 * or JSON. What is no Kubernetes object is left out, and told. Source: B-SS-32, and Q-40 which this mends.
 */
export function documentsOf(path: string, content: Uint8Array): Documents {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return { text: undefined, problems: [`file ${JSON.stringify(path)} is no text`] };
  }
  // a tab in JSON is always white space between values, and YAML has trouble with it
  if (/^\s*[{[]/u.test(text) && isJson(text)) return jsonDocument(path, text.replace(/\t/gu, '  '));
  const pieces = text.split(MARKER);
  const problems: string[] = [];
  const good: string[] = [];
  let number = 0;
  for (const piece of pieces.map(withoutDirective).filter(isIn)) {
    const documents = parsed(piece);
    if (Array.isArray(documents) && documents.length === 0) continue;
    number += 1;
    const problem = Array.isArray(documents) ? objectProblem(documents[0]) : documents;
    if (problem) problems.push(`document ${number} of file ${JSON.stringify(path)} ${problem}`);
    else good.push(piece);
  }
  if (good.length === 0) return { text: undefined, problems };
  const isPlain = problems.length === 0 && isIn(pieces[0] ?? '') && isIn(pieces.at(-1) ?? '') && pieces.every(piece => withoutDirective(piece) === piece);
  return { text: isPlain && !text.includes('\n...') ? text : good.map(piece => piece.replace(/^\s*\n/u, '').trimEnd()).join('\n---\n'), problems };
}

function jsonDocument(path: string, text: string): Documents {
  const problem = objectProblem(JSON.parse(text));
  return problem ? { text: undefined, problems: [`file ${JSON.stringify(path)} ${problem}`] } : { text, problems: [] };
}
