import { randomBytes } from 'node:crypto';
import { decodeContent, digestOf } from '@kratix-ts/core/wire';
import type { DirectorySelector } from './metadata';
import { buildWork, DestinationSelector, workloadGroups, WorkTemplate } from './work';

const file = (path: string, text = path) => ({ path, content: Buffer.from(text) });
const promise = (labels: Record<string, string>, source = 'promise'): DestinationSelector => ({ matchLabels: labels, source });
const groups = (paths: string[], entries: DirectorySelector[] = [], selectors: DestinationSelector[] = [], type = 'resource') =>
  workloadGroups(paths.map(path => file(path)), entries, selectors, type, directory => paths.some(path => path.startsWith(`${directory}/`)) || directory === 'empty');
const shape = (found: ReturnType<typeof groups>) => found.map(({ directory, id, workloads, destinationSelectors }) => ({ directory, id: id.slice(0, 5), files: workloads.map(({ filepath }) => filepath), selectors: destinationSelectors }));

describe('B-POD-13, B-POD-14: workload groups', () => {
  it('puts everything into one group where nothing else is said', () =>
    expect(shape(groups(['a.yaml', 'x/b.yaml']))).toEqual([{ directory: '.', id: '5058f', files: ['a.yaml', 'x/b.yaml'], selectors: [] }]));

  it('keeps the directory in the path, and gives a directory only its own selectors', () =>
    expect(shape(groups(['a.yaml', 'db/b.yaml', 'dbx/c.yaml'], [{ directory: 'db', matchLabels: { tier: 'data' } }], [promise({ env: 'dev' })]))).toEqual([
      { directory: 'db', id: 'd77d5', files: ['db/b.yaml'], selectors: [{ matchLabels: { tier: 'data' }, source: 'resource-workflow' }] },
      { directory: '.', id: '5058f', files: ['a.yaml', 'dbx/c.yaml'], selectors: [{ matchLabels: { env: 'dev' }, source: 'promise' }] },
    ]));

  it('orders the selectors of the rest: the root entry, the Promise\'s workflow, the Promise; each merged', () =>
    expect(groups(['a'], [{ directory: '.', matchLabels: { r: '1' } }], [promise({ a: '1' }), promise({ b: '1' }, 'promise-workflow'), promise({ a: '2', c: '3' })], 'promise')[0]?.destinationSelectors).toEqual([
      { matchLabels: { r: '1' }, source: 'promise-workflow' },
      { matchLabels: { b: '1' }, source: 'promise-workflow' },
      { matchLabels: { a: '2', c: '3' }, source: 'promise' },
    ]));

  it('makes no group without files', () => {
    expect(groups([])).toEqual([]);
    expect(shape(groups(['db/a'], [{ directory: 'db', matchLabels: { a: 'b' } }]))).toHaveLength(1);
    expect(groups([], [{ directory: 'empty', matchLabels: { a: 'b' } }])).toEqual([]);
  });

  it('refuses a directory that is not there', () =>
    expect(() => groups(['a'], [{ directory: 'db', matchLabels: { a: 'b' } }])).toThrow('destination-selectors.yaml names the directory "db", which the output does not have'));
});

describe('the Work', () => {
  const template: WorkTemplate = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Work', metadata: { name: 'w', namespace: 'n', labels: { a: 'b' } }, spec: { promiseName: 'p', resourceName: 'r' } };
  const now = new Date('2026-01-02T03:04:05.678Z');

  it('holds what the template said, the files, the time and the status', () => {
    const { work, body, digest } = buildWork(template, groups(['a.yaml']), { url: 'x' }, now);
    expect(JSON.parse(body)).toEqual(work);
    expect(work.metadata).toEqual(template.metadata);
    expect(work.spec).toMatchObject({ promiseName: 'p', resourceName: 'r', lastExecutionTimestamp: '2026-01-02T03:04:05Z', result: { status: { url: 'x' } } });
    expect(decodeContent(work.spec.workloadGroups[0]?.workloads[0]?.content ?? '').toString()).toBe('a.yaml');
    expect(digest).toBe(digestOf(work.spec));
    expect(buildWork(template, [], undefined, now).work.spec).not.toHaveProperty('result');
  });

  it('Q-53, item 30: refuses what no API server takes, and names the largest files', () => {
    const noise = (path: string, size: number) => ({ path, content: randomBytes(size) });
    const files = [noise('small', 10), noise('big.bin', 700_000), noise('bigger.bin', 800_000)];
    expect(() => buildWork(template, workloadGroups(files, [], [], 'resource', () => true), undefined, now)).toThrow(/at most 1000000; the largest files are bigger\.bin \(\d+ bytes\), big\.bin \(\d+ bytes\), small/);
  });
});
