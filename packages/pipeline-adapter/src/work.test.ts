import { randomBytes } from 'node:crypto';
import { decodeContent, digestOf, joinFiles, partDigest } from '@kratix-ts/core/wire';
import type { DirectorySelector } from './metadata';
import { buildWork, DestinationSelector, MAX_WORK_BYTES, workloadGroups, WorkTemplate } from './work';

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

  const noise = (path: string, size: number) => ({ path, content: randomBytes(size) });
  const grouped = (...files: ReturnType<typeof noise>[]) => workloadGroups(files, [], [], 'resource', () => true);

  it.each([1_580_000, 5_000_000])('Q-53: %i bytes that do not compress go into further Works, which nothing else finds', size => {
    const whole = grouped(noise('a.bin', size - 1000), noise('b.bin', 1000));
    const { work, body, digest, parts } = buildWork({ ...template, metadata: { ...template.metadata, ownerReferences: [{ name: 'r' }] } }, whole, { url: 'x' }, now);
    const written = parts.map(part => JSON.parse(part.body));
    for (const text of [body, ...parts.map(part => part.body)]) expect(Buffer.byteLength(text)).toBeLessThan(MAX_WORK_BYTES);
    expect(work.metadata.labels).toEqual({ a: 'b' });
    expect(work.spec.workloadGroups).toMatchObject([{ directory: '.', workloads: [] }]);
    expect(digest).toBe(digestOf(work.spec));
    expect(work.spec.parts).toEqual(written.map(({ metadata, spec }) => ({ name: metadata.name, digest: partDigest(spec.part.piece) })));
    for (const { metadata } of written) expect(metadata).toEqual({ name: expect.stringMatching(/^w-part-/u), namespace: 'n', labels: { 'kratix-ts.dev/part-of': 'w' }, ownerReferences: [{ name: 'r' }] });
    expect(joinFiles(written.map(({ spec }) => spec.part.piece), whole[0].id)).toEqual(whole[0].workloads);
  });

  it('Q-53: what compresses well needs no further Work', () => expect(buildWork(template, grouped({ path: 'crds.yaml', content: Buffer.from('kind: CustomResourceDefinition\n'.repeat(50_000)) }), undefined, now).parts).toEqual([]));

  it('Q-53, B30: more is refused with the limit and the largest files', () =>
    expect(() => buildWork(template, grouped(noise('small', 10), noise('big.bin', 2_000_000), noise('bigger.bin', 4_000_000)), undefined, now)).toThrow(
      /has 600\d+ bytes when it is compressed, and at most 5500000 are delivered; the largest files are bigger\.bin \(\d+ bytes\), big\.bin \(\d+ bytes\), small/,
    ));
});
