import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KubeObject } from '../kube/types';
import type { ProxiedCall } from './proxied-call';

/** One line of a watch. */
export interface WatchLine {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject;
}

/** How far a watch stays behind what happens. */
export interface Lag {
  /** So many lines are held back; each new one lets the oldest go. */
  lines: number;
  /** What is held back goes out after this time without a new line, in milliseconds. */
  idleMs: number;
}

/** A watch that passes through the proxy, line by line. */
export class ProxiedWatch {
  private rest = '';
  private held: string[] = [];
  private timer?: NodeJS.Timeout;
  private isOver = false;

  constructor(
    readonly call: ProxiedCall,
    private readonly answer: ServerResponse,
    private readonly upstream: IncomingMessage,
    /** Asked about each line; false keeps it from going further. */
    private readonly passes: (line: WatchLine) => boolean,
    private readonly lag: () => Lag,
    delayMs: () => number,
    onClose: () => void,
  ) {
    const later = (act: () => void) => (delayMs() ? setTimeout(act, delayMs()) : act());
    upstream.setEncoding('utf8');
    upstream.on('data', (text: string) => later(() => this.take(text)));
    upstream.on('end', () => later(() => this.end()));
    upstream.on('error', () => answer.destroy());
    answer.on('close', () => {
      this.isOver = true;
      clearTimeout(this.timer);
      onClose();
      upstream.destroy();
    });
  }

  pause(): void {
    this.upstream.pause();
  }

  resume(): void {
    this.upstream.resume();
  }

  /** Puts a line of the test's own in. */
  inject(line: string): void {
    this.answer.write(`${line}\n`);
  }

  /** Ends the watch: by a reset, by an orderly end, or in the middle of a line. What is held back is lost. */
  cut(how: 'reset' | 'end' | 'truncate'): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.upstream.destroy();
    if (how === 'reset') this.answer.socket?.resetAndDestroy();
    else if (how === 'truncate') this.answer.end('{"type":"MODIFIED","object":{"apiVersion":"v1","ki');
    else this.answer.end();
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) if (line && this.passes(JSON.parse(line) as WatchLine)) this.hold(line);
  }

  private hold(line: string): void {
    if (this.isOver) return;
    const { lines, idleMs } = this.lag();
    this.held.push(line);
    this.release(lines);
    clearTimeout(this.timer);
    if (this.held.length > 0) this.timer = setTimeout(() => this.release(0), idleMs);
  }

  private release(keep: number): void {
    while (this.held.length > keep) this.answer.write(`${this.held.shift()}\n`);
  }

  private end(): void {
    if (this.isOver) return;
    this.release(0);
    this.answer.end();
  }
}
