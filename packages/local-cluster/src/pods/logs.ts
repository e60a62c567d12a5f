import { EventEmitter, once } from 'node:events';
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Two files of this size are kept for each run of a container: 10 MiB in all. */
const FILE_BYTES = 5 * 1024 * 1024;
/** A longer line is cut into parts. */
const MAX_LINE = 16 * 1024;

type Stream = 'stdout' | 'stderr';

/** A line of a log file: `TIME STREAM F|P TEXT`. `P` marks a part whose rest follows, so that no line break belongs after it. */
export interface LogLine {
  time: string;
  isPart: boolean;
  text: string;
}

export function parseLine(line: string): LogLine | undefined {
  const match = /^(\S+) (?:stdout|stderr) ([FP]) ([\s\S]*)$/.exec(line);
  return match ? { time: match[1], isPart: match[2] === 'P', text: match[3] } : undefined;
}

/** A time with nine digits behind the point, which sorts and parses as the container runtimes write it. */
function preciseTime(): string {
  const micros = Math.round((performance.timeOrigin + performance.now()) * 1000);
  const seconds = new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19);
  return `${seconds}.${String(micros % 1_000_000).padStart(6, '0')}000Z`;
}

/** Writes the output of one run of a container, and tells those who follow it. */
export class LogWriter extends EventEmitter {
  private file: number;
  private size: number;
  private readonly rest: Record<Stream, Buffer[]> = { stdout: [], stderr: [] };
  isClosed = false;

  constructor(readonly path: string) {
    super();
    this.setMaxListeners(0);
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, 'a', 0o600);
    this.size = fstatSync(this.file).size;
  }

  write(stream: Stream, chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.line(stream, chunk.subarray(start, end), 'F');
      start = end + 1;
    }
    if (start < chunk.length) {
      this.rest[stream].push(chunk.subarray(start));
      if (this.rest[stream].reduce((sum, part) => sum + part.length, 0) > MAX_LINE) {
        this.line(stream, Buffer.alloc(0), 'P');
      }
    }
  }

  close(): void {
    if (this.isClosed) {
      return;
    }
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.rest[stream].length > 0) {
        this.line(stream, Buffer.alloc(0), 'P');
      }
    }
    this.isClosed = true;
    closeSync(this.file);
    this.emit('close');
  }

  private line(stream: Stream, end: Buffer, tag: 'F' | 'P'): void {
    const text = Buffer.concat([...this.rest[stream], end]);
    this.rest[stream] = [];
    const entry = Buffer.concat([Buffer.from(`${preciseTime()} ${stream} ${tag} `), text, Buffer.from('\n')]);
    if (this.size + entry.length > FILE_BYTES) {
      this.rotate();
    }
    writeSync(this.file, entry);
    this.size += entry.length;
    this.emit('line', entry.toString('utf8', 0, entry.length - 1));
  }

  private rotate(): void {
    closeSync(this.file);
    renameSync(this.path, `${this.path}.1`);
    this.file = openSync(this.path, 'a', 0o600);
    this.size = 0;
  }
}

/** The lines that stand in a log file and the older one beside it. */
export function readLines(file: string): string[] {
  const text = [`${file}.1`, file].filter(f => existsSync(f)).map(f => readFileSync(f, 'utf8')).join('');
  const lines = text.split('\n');
  lines.pop();
  return lines;
}

export interface LogOptions {
  tailLines?: number;
  limitBytes?: number;
  timestamps: boolean;
  /** Only what was written since, in RFC 3339. */
  since?: string;
}

function isSince(line: LogLine, since: string | undefined): boolean {
  return !since || Date.parse(line.time) >= Date.parse(since);
}

function format(line: LogLine, timestamps: boolean): string {
  return `${timestamps ? `${line.time} ` : ''}${line.text}${line.isPart ? '' : '\n'}`;
}

/** The lines that a query asks for, formatted. */
export function selectLines(lines: string[], { tailLines, timestamps, since }: LogOptions): string {
  const parsed = lines.flatMap(line => parseLine(line) ?? []).filter(line => isSince(line, since));
  const last = tailLines === undefined ? parsed : parsed.slice(Math.max(0, parsed.length - tailLines));
  return last.map(line => format(line, timestamps)).join('');
}

/** Yields a log's text; with a writer that is still open, goes on until it is closed or the signal aborts. */
export async function* streamLog(file: string, writer: LogWriter | undefined, options: LogOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
  let left = options.limitBytes ?? Infinity;
  const cut = (text: string) => {
    const chunk = Buffer.from(text).subarray(0, Math.min(left, Buffer.byteLength(text)));
    left -= chunk.length;
    return chunk;
  };
  const queue: string[] = [];
  const change = new EventEmitter();
  const onLine = (line: string) => {
    queue.push(line);
    change.emit('change');
  };
  const onEnd = () => change.emit('change');
  writer?.on('line', onLine);
  writer?.on('close', onEnd);
  signal.addEventListener('abort', onEnd);
  try {
    const first = cut(selectLines(readLines(file), options));
    if (first.length > 0) {
      yield first;
    }
    while (writer && left > 0 && !signal.aborted && (queue.length > 0 || !writer.isClosed)) {
      if (queue.length === 0) {
        await once(change, 'change');
      } else {
        yield cut(selectLines(queue.splice(0), { timestamps: options.timestamps }));
      }
    }
  } finally {
    writer?.off('line', onLine);
    writer?.off('close', onEnd);
    signal.removeEventListener('abort', onEnd);
  }
}

/** Where the log of one run of a container lies in its pod's folder. */
export function logFile(podDir: string, container: string, restart: number): string {
  return join(podDir, 'logs', container, `${restart}.log`);
}
