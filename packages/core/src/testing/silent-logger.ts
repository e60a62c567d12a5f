import type { Logger } from '../runtime/logger';

export interface LoggedLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  fields: Record<string, unknown>;
  message: string;
}

/** A logger that prints nothing and remembers everything. */
export interface RecordingLogger extends Logger {
  readonly lines: LoggedLine[];
}

/** Makes a logger that prints nothing; children write to the same list. */
export function aLogger(lines: LoggedLine[] = [], bound: Record<string, unknown> = {}): RecordingLogger {
  const at = (level: LoggedLine['level']) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...bound, ...fields }, message });
  };
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: fields => aLogger(lines, { ...bound, ...fields }),
  };
}
