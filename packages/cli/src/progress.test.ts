import { PassThrough } from 'node:stream';
import { createProgress, type Progress } from './progress';

function written(isTTY: boolean, tell: (progress: Progress) => void): string {
  const out = Object.assign(new PassThrough(), { isTTY });
  tell(createProgress(out));
  return String(out.read());
}

const ready = { kubeconfig: '/data/kubeconfig', store: '/data/state-store.git', server: 'https://127.0.0.1:1' };

it('speaks JSON to programs, a line each', () => {
  const lines = written(false, progress => {
    progress.step('Starting');
    progress.note('by the way');
    progress.ready(ready);
  });
  expect(lines.trim().split('\n').map(line => JSON.parse(line))).toEqual([
    { step: 'Starting' },
    { note: 'by the way' },
    { ready: true, ...ready },
  ]);
});

it('tells people where things are', () => {
  const text = written(true, progress => progress.ready(ready));
  for (const value of Object.values(ready)) expect(text).toContain(value);
  expect(text).toContain('Ctrl-C');
});
