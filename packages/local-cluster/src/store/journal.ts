import { closeSync, existsSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** `S` is a piece of the state that the file begins with; the others are the changes since, in order. */
export type RecordKind = 'S' | 'A' | 'M' | 'D';

export interface JournalRecord {
  kind: RecordKind;
  revision: number;
  resource: string;
  key: string;
  /** The object as JSON. */
  json: string;
}

/**
 * One file: a head, the state at one revision, and every change since, a line each. A line is in the file before the
 * write that it records is answered, so that killing the process loses nothing. A last line that was cut off is dropped.
 */
export class Journal {
  readonly #file: string;
  readonly #sync: boolean;
  #descriptor = -1;
  #size = 0;
  #sizeOfState = 0;

  /** With `sync` each line is on the disk before its write is answered. */
  constructor(folder: string, sync = false) {
    this.#file = join(folder, 'objects.log');
    this.#sync = sync;
  }

  /** Reads everything back; returns the revision of the state that the file begins with. */
  open(onRecord: (record: JournalRecord) => void): number {
    rmSync(`${this.#file}.new`, { force: true });
    let start = 0;
    if (existsSync(this.#file)) {
      const content = readFileSync(this.#file);
      const { revision, complete, state } = readJournal(content, this.#file, onRecord);
      start = revision;
      this.#size = complete;
      this.#sizeOfState = state;
      this.#descriptor = openSync(this.#file, 'r+');
      if (complete < content.length) ftruncateSync(this.#descriptor, complete);
    }
    if (this.#size === 0) {
      if (this.#descriptor >= 0) closeSync(this.#descriptor);
      this.rewrite(start, []);
    }
    return start;
  }

  append(record: JournalRecord): void {
    const line = Buffer.from(toLine(record));
    try {
      this.#writeAll(line, this.#size);
      if (this.#sync) fdatasyncSync(this.#descriptor);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#size);
      throw error;
    }
    this.#size += line.length;
  }

  /** True when the file has grown to several times what the state needs. */
  get isOvergrown(): boolean {
    return this.#size - this.#sizeOfState > Math.max(16e6, 2 * this.#sizeOfState);
  }

  /** Puts a shorter file with the same meaning in this one's place, in one step. */
  rewrite(revision: number, records: Iterable<JournalRecord>): void {
    const fresh = `${this.#file}.new`;
    const descriptor = openSync(fresh, 'w', 0o600);
    let size = 0;
    let state = 0;
    let pending: string[] = [`${JSON.stringify({ format: 1, revision })}\n`];
    let length = pending[0].length;
    const flush = () => {
      size += writeSync(descriptor, pending.join(''));
      pending = [];
      length = 0;
    };
    try {
      for (const record of records) {
        const line = toLine(record);
        pending.push(line);
        length += line.length;
        if (record.kind === 'S') state += line.length;
        if (length > 1e6) flush();
      }
      flush();
      fsyncSync(descriptor);
    } catch (error) {
      closeSync(descriptor);
      rmSync(fresh, { force: true });
      throw error;
    }
    renameSync(fresh, this.#file);
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#size = size;
    this.#sizeOfState = state;
  }

  close(): void {
    if (this.#descriptor < 0) return;
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  #writeAll(bytes: Buffer, position: number): void {
    let done = 0;
    while (done < bytes.length) done += writeSync(this.#descriptor, bytes, done, bytes.length - done, position + done);
  }
}

function toLine({ kind, revision, resource, key, json }: JournalRecord): string {
  return `{"t":"${kind}","n":${revision},"r":${JSON.stringify(resource)},"k":${JSON.stringify(key)},"o":${json}}\n`;
}

/** The pure reader: `complete` is the length of the part that is whole, `state` of the part before the changes. */
export function readJournal(
  content: Buffer,
  file: string,
  onRecord: (record: JournalRecord) => void,
): { revision: number; complete: number; state: number } {
  let revision = 0;
  let state = 0;
  let offset = 0;
  for (let line = 1; offset < content.length; line++) {
    const end = content.indexOf(10, offset);
    if (end < 0) break;
    const text = content.toString('utf8', offset, end);
    try {
      if (line === 1) revision = readHead(text);
      else {
        const record = readLine(text);
        onRecord(record);
        if (record.kind === 'S') state += text.length;
      }
    } catch (error) {
      if (end + 1 >= content.length) break;
      throw new Error(
        `${file}, line ${line} is damaged (${(error as Error).message}); restore the file from a backup, or remove it to begin with an empty cluster`,
      );
    }
    offset = end + 1;
  }
  return { revision, complete: offset, state };
}

function readHead(text: string): number {
  const head = JSON.parse(text) as { format: number; revision: number };
  if (head.format !== 1) throw new Error(`format ${head.format} is not known`);
  return head.revision;
}

function readLine(text: string): JournalRecord {
  const at = text.indexOf(',"o":');
  if (at < 0 || !text.endsWith('}')) throw new Error('it is cut off');
  const head = JSON.parse(`${text.slice(0, at)}}`) as { t: RecordKind; n: number; r: string; k: string };
  return { kind: head.t, revision: head.n, resource: head.r, key: head.k, json: text.slice(at + 5, -1) };
}
