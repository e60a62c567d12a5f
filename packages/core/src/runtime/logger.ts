import { pino, stdSerializers, type DestinationStream } from 'pino';

/** Structured log: fields first, then a sentence. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger that adds these fields to every line. */
  child(fields: Record<string, unknown>): Logger;
}

export interface LoggerOptions {
  /** Default: LOG_LEVEL, or `info`. */
  level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
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

/** Makes a logger that writes JSON lines with times in RFC 3339, and blanks fields that hold secrets. Source: B-OBS-10. */
export function createLogger(options: LoggerOptions = {}): Logger {
  return pino(
    {
      level: options.level ?? process.env.LOG_LEVEL ?? 'info',
      base: options.name === undefined ? undefined : { logger: options.name },
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      formatters: { level: label => ({ level: label, severity: label === 'warn' ? 'warning' : label }) },
      serializers: { err: errorFields },
      redact: { paths: SECRETS.flatMap(field => [field, `*.${field}`, `*.*.${field}`]), censor: '(hidden)' },
    },
    options.destination ?? pino.destination({ sync: true }),
  );
}
