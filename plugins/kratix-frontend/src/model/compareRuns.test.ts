import type { RunFile } from '@kratix-ts/backstage-plugin-kratix-common';
import { aRequest } from '../fixtures/requests';
import { compareContents, compareRuns, runBefore } from './compareRuns';

const { runs } = aRequest('failed');
const [failed, created, periodic] = runs;

describe('compareRuns', () => {
  it('sets outcome and duration of each step side by side', () => {
    const { whole, steps } = compareRuns(created, failed);
    expect(whole).toMatchObject({ before: { phase: 'Succeeded', duration: 31_000 }, after: { phase: 'Failed', duration: 32_000 } });
    expect(steps.map(({ name, before, after }) => [name, before?.phase, after?.phase])).toEqual([
      ['validate', 'Succeeded', 'Succeeded'],
      ['schedule-database', 'Succeeded', 'Failed'],
      ['announce', 'Succeeded', 'Pending'],
    ]);
  });

  it('knows steps that only one of them has', () => {
    expect(compareRuns(created, periodic).steps).toContainEqual(expect.objectContaining({ name: 'announce', after: undefined }));
  });
});

describe('compareContents', () => {
  it('says nothing of what is not known of both', () => {
    expect(compareContents({}, { spec: { size: 'large' }, files: [] })).toEqual({});
    expect(compareContents({ spec: {}, files: [] }, {})).toEqual({});
  });

  it('sets what they were given side by side, with the version that they ran where it is known of both', () => {
    const [small, large] = [{ spec: { size: 'small' }, promiseVersion: 'v1' }, { spec: { size: 'large' } }];
    expect(compareContents(small, large).inputs).toEqual({ before: 'size: small\n', after: 'size: large\n' });
    expect(compareContents(small, { ...large, promiseVersion: 'v2' }).inputs).toEqual({ before: '# v1\nsize: small\n', after: '# v2\nsize: large\n' });
  });

  const a = (more: Partial<RunFile>): RunFile => ({ step: 'one', path: 'a.yaml', ...more });
  it.each<[string, RunFile[], RunFile[], object]>([
    ['the same text', [a({ content: 'x' })], [a({ content: 'x' })], { changed: [], same: 1, unknown: [] }],
    ['another text', [a({ content: 'x' })], [a({ content: 'y' })], { changed: [{ change: 'changed', texts: { before: 'x', after: 'y' } }] }],
    ['a new file', [], [a({ content: 'x' })], { changed: [{ change: 'added', texts: { before: '', after: 'x' } }] }],
    ['a file that has gone', [a({ content: 'x' })], [], { changed: [{ change: 'removed', texts: { before: 'x', after: '' } }] }],
    ['the same path by another step', [a({ content: 'x' })], [a({ step: 'two', content: 'x' })], { changed: [{ change: 'removed', step: 'one' }, { change: 'added', step: 'two' }] }],
    ['binary files that are the same', [a({ reason: 'binary', digest: '1' })], [a({ reason: 'binary', digest: '1' })], { changed: [], same: 1 }],
    ['binary files that differ', [a({ reason: 'binary', digest: '1' })], [a({ reason: 'binary', digest: '2' })], { changed: [{ change: 'changed', reason: 'binary' }] }],
    ['a text that became too large', [a({ content: 'x' })], [a({ reason: 'too-large', digest: '2' })], { changed: [{ change: 'changed', reason: 'too-large' }] }],
    ['files that may not be looked into', [a({ reason: 'secret' })], [a({ reason: 'secret' })], { changed: [], same: 0, unknown: ['a.yaml'] }],
  ])('%s', (_, before, after, expected) => expect(compareContents({ files: before }, { files: after }).files).toMatchObject(expected));
});

describe('runBefore', () => {
  it('is the one before, of the same action if there is one', () => {
    expect(runBefore(runs, failed)).toBe(created);
    expect(runBefore(runs, periodic)).toBe(failed);
    expect(runBefore([failed], failed)).toBeUndefined();
  });
});
