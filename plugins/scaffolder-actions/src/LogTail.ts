import type { LoggerService } from '@backstage/backend-plugin-api';
import { plainText, type Run } from '@kratix-ts/backstage-plugin-kratix-common';
import type { KubeClient } from '@kratix-ts/core/kube';

/** A task's log is stored line by line, so a container that talks without end must not fill it. */
const MAX_LINES = 2000;
const LAST_LINES = 5;

/** Writes the logs of a request's containers into the task's log: one container after the other, each once. */
export class LogTail {
  private readonly seen = new Set<string>();
  private queue: Promise<void> = Promise.resolve();
  private lines = 0;
  private tail: string[] = [];

  constructor(
    private readonly client: KubeClient,
    private readonly logger: LoggerService,
    private readonly signal: AbortSignal,
    /** Takes out of a line what nobody may read. */
    private readonly hide: (text: string) => string = text => text,
  ) {}

  /** Begins with what has started since the last call. */
  follow(run: Run): void {
    for (const step of run.steps) {
      for (const { name, helper, phase } of step.containers) {
        const key = `${run.id}/${step.name}/${step.attempt}/${name}`;
        const isTelling = !helper || phase === 'Failed';
        if (!step.pod || phase === 'Waiting' || !isTelling || this.seen.has(key)) continue;
        this.seen.add(key);
        const { pod } = step;
        this.queue = this.queue.then(() => this.stream(pod, name, `${step.name}/${name}`));
      }
    }
  }

  /** The last lines that were written, for the error of a failed task. */
  get lastLines(): string[] {
    return this.tail;
  }

  /** Resolves when all that was begun is written. */
  async drained(): Promise<void> {
    await this.queue;
  }

  private async stream(pod: { namespace: string; name: string }, container: string, prefix: string): Promise<void> {
    if (this.signal.aborted) return;
    this.tail = [];
    let rest = '';
    try {
      for await (const chunk of this.client.logs(pod, { container, follow: true, signal: this.signal })) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        lines.forEach(line => this.write(prefix, line));
      }
      if (rest) this.write(prefix, rest);
    } catch (error) {
      // The log is a courtesy: a pod that is gone does not fail the task.
      if (!this.signal.aborted) this.logger.debug(`No log of ${prefix}: ${error}`);
    }
  }

  private write(prefix: string, line: string): void {
    const text = this.hide(plainText(line));
    this.tail = [...this.tail, text].slice(-LAST_LINES);
    this.lines += 1;
    if (this.lines < MAX_LINES) this.logger.info(`[${prefix}] ${text}`);
    if (this.lines === MAX_LINES) this.logger.info('Further lines are not copied here; the page of the request shows them');
  }
}
