import { performance } from 'node:perf_hooks';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const seconds = since => Math.round((performance.now() - since) / 1000);

/**
 * Shows one step after the other: a line that moves on a terminal, a line at the start, every 15 s and at the end elsewhere.
 * `step(title, work)` resolves with what `work(note)` resolves with; `note(text)` says what the step is at.
 */
export function createProgress(out = process.stdout) {
  const moving = Boolean(out.isTTY) && !process.env.CI;
  const write = text => out.write(text);
  const rewrite = text => write(`\r\u001b[2K${text.slice(0, (out.columns || 80) - 1)}`);

  async function step(title, work) {
    const started = performance.now();
    let detail = '';
    let frame = 0;
    const line = () => `${title}${detail ? `: ${detail}` : ''} (${seconds(started)} s)`;
    if (!moving) write(`${title} …\n`);
    const timer = setInterval(
      () => {
        frame += 1;
        if (moving) rewrite(`${frames[frame % frames.length]} ${line()}`);
        else write(`  ${line()}\n`);
      },
      moving ? 100 : 15000,
    );
    const end = mark => {
      clearInterval(timer);
      if (moving) rewrite('');
      write(`${mark} ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
    };
    try {
      const result = await work(text => {
        detail = text;
      });
      end('✔');
      return result;
    } catch (error) {
      end('✘');
      throw error;
    }
  }
  return { step, line: text => write(`${text}\n`) };
}
