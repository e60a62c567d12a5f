import { dryRunState, type DryRunSource } from './dryRun';
import type { ObjectCondition } from './stateObjects';

const aDryRun = (...conditions: ObjectCondition[]): DryRunSource => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'DryRun',
  metadata: { name: 'try-1' },
  status: { conditions },
});
const condition = (type: string, status: 'True' | 'False', reason: string, message?: string): ObjectCondition => ({ type, status, reason, message });

it.each<[string, ObjectCondition[], object]>([
  ['is new', [], { phase: 'Pending' }],
  ['runs', [condition('Accepted', 'True', 'Accepted')], { phase: 'Running' }],
  ['waits', [condition('Accepted', 'False', 'PromiseNotAvailable', 'not served yet')], { phase: 'Pending', message: 'not served yet' }],
  ['is switched off', [condition('Accepted', 'False', 'DryRunDisabled', 'switched off')], { phase: 'Refused', message: 'switched off' }],
  ['is forbidden', [condition('Completed', 'False', 'DryRunForbidden', 'no')], { phase: 'Refused', message: 'no' }],
  ['has failed', [condition('Completed', 'False', 'PipelineFailed', 'exit 1')], { phase: 'Failed', message: 'exit 1' }],
  ['is done', [condition('Completed', 'True', 'SummaryWritten')], { phase: 'Succeeded' }],
])('says of a dry run that it %s', (_, conditions, state) => {
  expect(dryRunState(aDryRun(...conditions), [])).toEqual({ name: 'try-1', destinations: [], ...state });
});

it('tells for each destination which files change, and how', () => {
  const done = aDryRun(condition('Completed', 'True', 'SummaryWritten'));
  const before = new Map([['a.yaml', 'size: small\nname: x\n'], ['gone.yaml', 'old\n'], ['same.yaml', '1\n']]);
  const after = new Map<string, string | undefined>([['a.yaml', 'size: large\nname: x\n'], ['new.yaml', 'new\n'], ['same.yaml', '1\n'], ['huge.bin', undefined]]);
  const [{ name, files }] = dryRunState(done, [{ destination: 'eu-1', before, after }]).destinations;
  expect(name).toBe('eu-1');
  expect(files).toEqual([
    { path: 'a.yaml', change: 'changed', diff: expect.stringMatching(/^-size: small\n\+size: large\n name: x$/m) },
    { path: 'gone.yaml', change: 'removed', diff: expect.stringContaining('-old') },
    { path: 'huge.bin', change: 'added' },
    { path: 'new.yaml', change: 'added', diff: expect.stringContaining('+new') },
    { path: 'same.yaml', change: 'same' },
  ]);
});
