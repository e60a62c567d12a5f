import type { Run } from '@kratix-ts/backstage-plugin-kratix-common';
import { aRequest } from '../fixtures/requests';
import { compareRuns, runBefore } from './compareRuns';

const state = aRequest('failed');
const [failed, created, periodic] = state.runs;

describe('compareRuns', () => {
  it('sets outcome and duration of each step side by side', () => {
    const { whole, steps, inputs } = compareRuns(state, created, failed);
    expect(whole).toMatchObject({ before: { phase: 'Succeeded', duration: 31_000 }, after: { phase: 'Failed', duration: 32_000 } });
    expect(steps.map(({ name, before, after }) => [name, before?.phase, after?.phase])).toEqual([
      ['validate', 'Succeeded', 'Succeeded'],
      ['schedule-database', 'Succeeded', 'Failed'],
      ['announce', 'Succeeded', 'Pending'],
    ]);
    expect(inputs).toBeUndefined();
  });

  it('knows steps that only one of them has', () => {
    expect(compareRuns(state, created, periodic).steps).toContainEqual(expect.objectContaining({ name: 'announce', after: undefined }));
  });

  it('compares what they were given, where it is known of both', () => {
    const withInput = (run: Run, size: string): Run => ({ ...run, input: { spec: { size }, promiseVersion: 'v1.2.0' } });
    expect(compareRuns(state, withInput(created, 'small'), withInput(failed, 'large')).inputs).toEqual({
      before: '# v1.2.0\nsize: small\n',
      after: '# v1.2.0\nsize: large\n',
    });
    const present = { ...failed, generation: state.generation };
    expect(compareRuns(state, withInput(created, 'small'), present).inputs?.after).toContain('size: medium');
  });
});

describe('runBefore', () => {
  it('is the one before, of the same action if there is one', () => {
    expect(runBefore(state.runs, failed)).toBe(created);
    expect(runBefore(state.runs, periodic)).toBe(failed);
    expect(runBefore([failed], failed)).toBeUndefined();
  });
});
