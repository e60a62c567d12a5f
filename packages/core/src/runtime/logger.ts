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

/** Makes a logger that writes JSON lines with times in ISO 8601, and blanks fields that hold secrets. */
export function createLogger(options: LoggerOptions = {}): Logger {
  return pino(
    {
      name: options.name,
      level: options.level ?? process.env.LOG_LEVEL ?? 'info',
      base: undefined,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: label => ({ level: label }) },
      serializers: { err: errorFields },
      redact: { paths: SECRETS.flatMap(field => [field, `*.${field}`, `*.*.${field}`]), censor: '(hidden)' },
    },
    options.destination ?? pino.destination({ sync: true }),
  );
}
