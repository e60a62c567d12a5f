import { parseGoDuration, parseYaml } from '@kratix-ts/core/wire';
import { Failure, messageOf } from './failure';

export const SELECTORS_FILE = 'destination-selectors.yaml';
export const STATUS_FILE = 'status.yaml';
export const CONTROL_FILE = 'workflow-control.yaml';

/** One entry of destination-selectors.yaml: where the files of a directory go. `.` is the whole output. */
export interface DirectorySelector {
  directory: string;
  matchLabels: Record<string, string>;
}

/** What workflow-control.yaml asks for. `retryAfter` goes before `suspend`. */
export interface Control {
  suspend?: true;
  message?: string;
  retryAfter?: string;
}

const MAX_MESSAGE_BYTES = 1_000;
const LONGEST_RETRY_MS = 10 * 365 * 24 * 3_600_000;

type Mapping = Record<string, unknown>;

const isMapping = (value: unknown): value is Mapping => typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(file: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return parseYaml(text);
  } catch (error) {
    throw new Failure(`invalid ${file}: ${messageOf(error)}`);
  }
}

const refuse = (file: string, problem: string): never => {
  throw new Failure(`invalid ${file}: ${problem}`);
};

/** `a//b/`, `./a` and the like as one spelling; empty means the root. Source: kratix-behaviour.md B-POD-11. */
function cleanDirectory(directory: string): string {
  const names = directory.split('/').filter(name => name !== '' && name !== '.');
  const clean = names.length ? names.join('/') : '.';
  if (directory.startsWith('/') || names.length > 1 || names.includes('..')) {
    throw new Failure(`invalid directory in ${SELECTORS_FILE}: ${directory}, sub-directories are not allowed`);
  }
  return clean;
}

function selectorLabels(value: unknown, index: number): Record<string, string> {
  if (value === undefined || value === null || (isMapping(value) && Object.keys(value).length === 0)) {
    return refuse(SELECTORS_FILE, `entry with index ${index} has no selectors`);
  }
  if (!isMapping(value)) return refuse(SELECTORS_FILE, `matchLabels of the entry with index ${index} is not a map of labels`);
  for (const [label, text] of Object.entries(value)) {
    if (typeof text !== 'string') refuse(SELECTORS_FILE, `label "${label}" of the entry with index ${index} is ${JSON.stringify(text)} and not a text; put it in quotes`);
  }
  return value as Record<string, string>;
}

function selectorEntry(entry: unknown, index: number): DirectorySelector {
  if (!isMapping(entry)) return refuse(SELECTORS_FILE, `entry with index ${index} is not a map with matchLabels`);
  // Like the original's reader, this one does not care about the case of the keys.
  const fields = Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]));
  const unknown = Object.keys(entry).find(key => !['directory', 'matchlabels'].includes(key.toLowerCase()));
  if (unknown !== undefined) refuse(SELECTORS_FILE, `entry with index ${index} has the unknown key "${unknown}"; there are directory and matchLabels`);
  const directory = fields.directory ?? '';
  if (typeof directory !== 'string') return refuse(SELECTORS_FILE, `directory of the entry with index ${index} is not a text`);
  return { directory: cleanDirectory(directory), matchLabels: selectorLabels(fields.matchlabels, index) };
}

/** Entries of destination-selectors.yaml, in order. Throws {@link Failure}. Source: B-POD-11. */
export function parseSelectors(text: string | undefined): DirectorySelector[] {
  const value = parse(SELECTORS_FILE, text) ?? [];
  if (!Array.isArray(value)) return refuse(SELECTORS_FILE, 'it is not a list');
  const entries = value.map(selectorEntry);
  const duplicate = entries.find(({ directory }, index) => entries.findIndex(other => other.directory === directory) !== index);
  if (duplicate) throw new Failure(`duplicate entries in ${SELECTORS_FILE}: directory ${duplicate.directory} occurs more than once`);
  return entries;
}

/** The status keys that a pipeline sets; undefined where it sets none. Throws {@link Failure}. Source: B-POD-20. */
export function parseStatus(text: string | undefined): Mapping | undefined {
  const value = parse(STATUS_FILE, text);
  if (value === undefined) return undefined;
  if (!isMapping(value)) return refuse(STATUS_FILE, 'it is not a map');
  if ('kratix' in value) refuse(STATUS_FILE, 'the key "kratix" belongs to the engine; use another one');
  return Object.keys(value).length ? value : undefined;
}

function shorten(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= MAX_MESSAGE_BYTES ? text : `${bytes.toString('utf8', 0, MAX_MESSAGE_BYTES).replace(/\ufffd+$/u, '')}…`;
}

function checkRetry(retryAfter: unknown): string {
  const text = typeof retryAfter === 'string' ? retryAfter.trim() : JSON.stringify(retryAfter);
  const milliseconds = parseGoDuration(text);
  if (milliseconds === undefined) return refuse(CONTROL_FILE, `retryAfter ${JSON.stringify(text)} is not a duration; write hours, minutes and seconds, such as 1h30m`);
  if (milliseconds <= 0) return refuse(CONTROL_FILE, `retryAfter ${text} is not in the future`);
  if (milliseconds > LONGEST_RETRY_MS) return refuse(CONTROL_FILE, `retryAfter ${text} is more than ten years`);
  return text;
}

/** What workflow-control.yaml asks for, or undefined when the workflow is to go on. Throws {@link Failure}. Source: B-POD-24. */
export function parseControl(text: string | undefined): Control | undefined {
  const value = parse(CONTROL_FILE, text);
  if (value === undefined) return undefined;
  if (!isMapping(value)) return refuse(CONTROL_FILE, 'it is not a map');
  const { suspend = false, message = '', retryAfter } = value;
  if (typeof suspend !== 'boolean') return refuse(CONTROL_FILE, `suspend is ${JSON.stringify(suspend)}, and neither true nor false`);
  if (typeof message !== 'string') return refuse(CONTROL_FILE, 'message is not a text');
  const words = message === '' ? {} : { message: shorten(message) };
  if (retryAfter !== undefined && retryAfter !== null && retryAfter !== '') return { retryAfter: checkRetry(retryAfter), ...words };
  return suspend ? { suspend: true, ...words } : undefined;
}
