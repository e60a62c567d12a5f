import { pino, stdSerializers, type DestinationStream } from 'pino';

/** Structured log: fields first, then a sentence. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger that adds these fields to every line. */
  child(fields: Record<string, unknown>): Logger;
  /** Whether a line of this level is written now; one that cannot say writes all. */
  isLevelEnabled?(level: string): boolean;
  /** Changes what this logger, its parents and all their children write from now on; one that cannot leaves it out. */
  tune?(tuning: LogTuning): void;
}

/** What of a log can change while it is written. */
export interface LogTuning {
  /** What the logger began with unless given. */
  level?: LogLevel;
  /** Lines of JSON; else lines for people. */
  structured: boolean;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LoggerOptions {
  /** Default: LOG_LEVEL, or `info`. */
  level?: LogLevel;
  /** Stands in every line. */
  name?: string;
  /** Default: standard output. */
  destination?: DestinationStream;
}

/** Names of fields whose value never reaches a log, wherever they stand in the first levels of a line's fields. */
const SECRETS = ['password', 'token', 'authorization', 'identity', 'privateKey', 'accessKey', 'secretKey'];

/** What an error tells about itself; the answers of servers that hang on it as `details` and `cause` stay out. */
function errorFields(error: Error) {
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack };
}

/** A name that is none is taken for `info`. */
const levelNumber = (level: string) => (level === 'silent' ? Infinity : pino.levels.values[level] ?? pino.levels.values.info);

/** A line of JSON as people read it: time, level, who, what, and the other fields. */
export function readableLine(json: string): string {
  const { ts, level, severity: _severity, logger, controller, msg, err, ...rest }: Record<string, unknown> = JSON.parse(json);
  const who = [logger, controller].filter(Boolean).join('/');
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const failure = (err as { stack?: string; message?: string } | undefined)?.stack ?? (err as { message?: string } | undefined)?.message;
  return `${[ts, String(level).toUpperCase().padEnd(5), who, msg, ...fields].filter(Boolean).join(' ')}${failure ? `\n  ${failure}` : ''}\n`;
}

/**
 * Makes a logger that writes lines of JSON with times in RFC 3339, until it is tuned otherwise, and blanks fields that hold
 * secrets. Source: B-OBS-10.
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const first = levelNumber(options.level ?? process.env.LOG_LEVEL ?? 'info');
  const now = { least: first, structured: true };
  const sink = options.destination ?? pino.destination({ sync: true });
  const logger = pino(
    {
      // children keep the level that they were made with, so the threshold is asked at each line
      level: 'trace',
      hooks: {
        logMethod(args, method, level) {
          if (level >= now.least) method.apply(this, args);
        },
      },
      base: options.name === undefined ? undefined : { logger: options.name },
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      formatters: { level: label => ({ level: label, severity: label === 'warn' ? 'warning' : label }) },
      serializers: { err: errorFields },
      redact: { paths: SECRETS.flatMap(field => [field, `*.${field}`, `*.*.${field}`]), censor: '(hidden)' },
    },
    { write: line => void sink.write(now.structured ? line : readableLine(line)) },
  );
  // children inherit both
  return Object.assign(logger, {
    isLevelEnabled: (level: string) => levelNumber(level) >= now.least,
    tune({ level, structured }: LogTuning) {
      now.least = level === undefined ? first : levelNumber(level);
      now.structured = structured;
    },
  });
}
