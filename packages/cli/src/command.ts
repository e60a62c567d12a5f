import { parseArgs, type ParseArgsConfig } from 'node:util';

export interface OptionSpec {
  type: 'string' | 'boolean';
  /** What stands for the value in the help text, such as `DIR`. */
  value?: string;
  text: string;
  short?: string;
}

export interface Input {
  options: Record<string, string | boolean | undefined>;
  positionals: string[];
  /** Aborts when the user wants the command to end. */
  signal: AbortSignal;
  stdout: NodeJS.WritableStream & { isTTY?: boolean };
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
}

export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** The lines below `Usage:`. */
  usage: string[];
  options: Record<string, OptionSpec>;
  /** Resolves with the exit code. Throws {@link UsageError} for what the user can mend by typing something else. */
  run(input: Input): Promise<number>;
}

/** The user typed what cannot be done; the message says what to type instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const HELP: OptionSpec = { type: 'boolean', short: 'h', text: 'show this' };

/** The text options of a command, by name. */
export function text(input: Input, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === 'string' ? value : undefined;
}

export function flag(input: Input, name: string): boolean {
  return input.options[name] === true;
}

/** A whole number from `min` to `max`. */
export function number(input: Input, name: string, min: number, max: number): number | undefined {
  const value = text(input, name);
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (!Number.isInteger(parsed) || parsed < min || parsed > max) {
    throw new UsageError(`--${name} ${value}: give a whole number from ${min} to ${max}`);
  }
  return parsed;
}

export function helpOf(command: Command): string {
  const rows = Object.entries({ ...command.options, help: HELP }).map(([name, option]) => [
    `  ${option.short ? `-${option.short}, ` : ''}--${name}${option.value ? ` ${option.value}` : ''}`,
    option.text,
  ]);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const lines = rows.map(([left, right]) => left.padEnd(width) + right);
  return [command.summary, '', 'Usage:', ...command.usage.map(line => `  ${line}`), '', 'Options:', ...lines, ''].join('\n');
}

export function overview(commands: Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`);
  return ['kratix-ts: Kratix Promises on your machine', '', 'Commands:', ...lines, '', '`kratix-ts COMMAND --help` says more.', ''].join('\n');
}

function parse(command: Command, args: string[]) {
  const options: ParseArgsConfig['options'] = {};
  for (const [name, { type, short }] of Object.entries({ ...command.options, help: HELP })) {
    options[name] = { type, ...(short && { short }) };
  }
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message.split('. ')[0] : String(error));
  }
}

/** Runs what the arguments name; resolves with the exit code. What failed is told on stderr, in one sentence. */
export async function runCommand(
  commands: Command[],
  args: string[],
  io: Pick<Input, 'signal' | 'stdout' | 'stdin'> & { stderr: NodeJS.WritableStream },
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.stdout.write(overview(commands));
    return name === undefined ? 2 : 0;
  }
  const wanted = name === '--version' ? 'version' : name;
  const command = commands.find(each => each.name === wanted);
  if (!command) {
    io.stderr.write(`kratix-ts: there is no command "${name}"\n\n${overview(commands)}`);
    return 2;
  }
  try {
    const { values, positionals } = parse(command, rest);
    if (values.help) {
      io.stdout.write(helpOf(command));
      return 0;
    }
    return await command.run({ ...io, options: { ...values } as Input['options'], positionals });
  } catch (error) {
    if (io.signal.aborted && isAbort(error)) return 130;
    const isUsage = error instanceof UsageError;
    io.stderr.write(`kratix-ts ${command.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    if (isUsage) io.stderr.write(`Try: kratix-ts ${command.name} --help\n`);
    return isUsage ? 2 : 1;
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
