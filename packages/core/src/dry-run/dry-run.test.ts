import type { Condition, DryRunObject, WorkObject } from '../api';
import type { DynamicObject, ResourceType } from '../kube/types';
import { encodeContent } from '../wire/encoding';
import { changesBetween, completedConditions, componentsOf, componentStatuses, compoundSummary, diffsWork, dryRunInput, dryRunProblem, dryRunStatus, dryRunSummary, ephemeralRequest, filesOf, isChildOf, outcomeOf, summaryOf, summaryWork } from './index';

const type: ResourceType = { group: 'shop.io', version: 'v1', kind: 'Cart', plural: 'carts', namespaced: true };
const dryRun = (name = 'try', more: Partial<DryRunObject> = {}): DryRunObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'DryRun',
  metadata: { name, namespace: 'team', uid: 'dry-uid' },
  spec: { promiseRef: { name: 'shop' }, resourceRequestRef: { name: 'cart' }, resource: { size: 2 } },
  ...more,
});
const work = (files: Record<string, string>): WorkObject =>
  ({ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Work', metadata: { name: 'w' }, spec: { workloadGroups: [{ workloads: Object.entries(files).map(([filepath, text]) => ({ filepath, content: encodeContent(text) })) }] } }) as WorkObject;
const condition = (conditionType: string, status: Condition['status'], reason: string, message = reason): Condition => ({ type: conditionType, status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' });
const request = (...conditions: Condition[]): DynamicObject => ({ apiVersion: 'shop.io/v1', kind: 'Cart', metadata: { name: 'cart', namespace: 'team' }, spec: { size: 1 }, status: { conditions } });

it('B-DR-1: the ephemeral request bears the spec that is tried, and names the one that is meant', () => {
  const made = ephemeralRequest(dryRun(), type);
  expect(made).toMatchObject({
    apiVersion: 'shop.io/v1',
    kind: 'Cart',
    metadata: {
      name: expect.stringMatching(/^kratix-dry-run-try-[0-9a-f]{5}$/),
      namespace: 'team',
      labels: { 'kratix.io/dry-run': 'true', 'kratix.io/dry-run-owner': 'try' },
      annotations: { 'kratix.io/dry-run-resource-name': 'cart', 'kratix.io/dry-run-resource-namespace': 'team' },
      ownerReferences: [{ kind: 'DryRun', name: 'try', uid: 'dry-uid', controller: true }],
    },
    spec: { size: 2 },
  });
});

it('B-POD-6: pipelines read the real request with the tried spec, or a new one of its name', () => {
  const ephemeral = ephemeralRequest(dryRun(), type);
  const real = request(condition('Reconciled', 'True', 'Reconciled'));
  expect(dryRunInput(ephemeral, real)).toEqual({ ...real, spec: { size: 2 } });
  const second = { ...ephemeral, status: { message: 'Pending', database: { port: 2 }, conditions: [condition('Reconciled', 'Unknown', 'WorkflowPending')] } };
  const known = { ...real, status: { ...real.status, message: 'there', database: { host: 'a', port: 1 } } };
  expect(dryRunInput(second, known).status).toEqual({ ...known.status, database: { host: 'a', port: 2 } });
  expect(dryRunInput(ephemeral, undefined)).toMatchObject({ metadata: { name: 'cart', namespace: 'team' }, spec: { size: 2 } });
  expect(dryRunInput(real, undefined)).toBe(real);
});

it.each<[string, Condition[], ReturnType<typeof outcomeOf>]>([
  ['still running', [condition('ConfigureWorkflowCompleted', 'False', 'PipelinesInProgress')], undefined],
  ['done', [condition('Reconciled', 'True', 'DryRunSucceeded')], {}],
  ['failed', [condition('ConfigureWorkflowCompleted', 'False', 'ConfigureWorkflowFailed', 'a pipeline has failed'), condition('Reconciled', 'False', 'ConfigureWorkflowFailed')], { failure: 'a pipeline has failed' }],
  ['refused', [condition('Reconciled', 'False', 'WorksFailing', 'Failing')], { failure: 'pipeline failed: Failing' }],
])('B-DR-2: an ephemeral request that is %s', (_name, conditions, expected) => expect(outcomeOf(request(...conditions))).toEqual(expected));

it('B-RR-27, B-POD-25: a dry run is done when its pipelines are; its time moves once', () => {
  const now = new Date('2026-01-02T00:00:00Z');
  const running = { conditions: [condition('ConfigureWorkflowCompleted', 'False', 'PipelinesInProgress'), condition('Reconciled', 'Unknown', 'WorkflowPending')] };
  expect(dryRunStatus({}, running, now)).toBe(running);
  const pending = { message: 'Resource requested', conditions: [condition('ConfigureWorkflowCompleted', 'True', 'PipelinesExecutedSuccessfully'), condition('Reconciled', 'Unknown', 'WorksPending')] };
  const done = dryRunStatus(running, pending, now);
  expect(done).toMatchObject({ message: 'Dry run executed', conditions: [{}, { type: 'Reconciled', status: 'True', reason: 'DryRunSucceeded', message: 'Dry run completed', lastTransitionTime: '2026-01-02T00:00:00Z' }] });
  expect(dryRunStatus(done, pending, new Date('2026-01-03T00:00:00Z'))).toEqual(done);
});

it('Q-43: without the feature, a Promise or its leave nothing is tried', () => {
  const promise = { apiVersion: '', kind: 'Promise', metadata: { name: 'shop', annotations: { 'workflows.kratix-ts.dev/dry-run': 'forbidden' } }, spec: {} };
  expect(dryRunProblem(false, 'shop', promise)).toMatchObject({ reason: 'DryRunDisabled', isFinal: false });
  expect(dryRunProblem(true, 'shop', undefined)).toMatchObject({ reason: 'PromiseNotFound', isFinal: false });
  expect(dryRunProblem(true, 'shop', promise)).toMatchObject({ reason: 'DryRunForbidden', isFinal: true });
  expect(dryRunProblem(true, 'shop', { ...promise, metadata: { name: 'shop' } })).toBeUndefined();
});

it('B-DR-4: the summary is a Work of its own, for the places of dry runs', () => {
  const made = summaryWork(dryRun(), 'kratix-dry-run-try-12345', 'text');
  expect(made).toMatchObject({
    metadata: {
      name: expect.stringMatching(/^shop-try-dry-run-summary-[0-9a-f]{5}$/),
      labels: { 'kratix.io/promise-name': 'shop', 'kratix.io/resource-name': 'kratix-dry-run-try-12345', 'kratix.io/work-type': 'resource', 'kratix.io/dry-run': 'true', 'kratix.io/dry-run-summary': 'true', 'kratix.io/dry-run-owner': 'try' },
    },
    spec: { workloadGroups: [{ directory: '.', workloads: [{ filepath: 'kratix-dry-run-summary.md' }] }] },
  });
  expect(summaryOf(made)).toBe('text');
  const child = dryRun('part');
  child.metadata.labels = { 'kratix.io/dry-run-parent': 'try' };
  expect(summaryWork(child, 'x', 'text').spec?.workloadGroups?.[0].workloads?.[0].filepath).toBe('kratix-dry-run-summary-part.md');
});

it('B-DR-8: what the pipelines of a request that is run dry say of their changes is put together', () => {
  const of = (pipeline: string, files: Record<string, string>) => ({ ...work(files), metadata: { name: pipeline, labels: { 'kratix.io/pipeline-name': pipeline } } });
  const made = diffsWork(request(), 'shop', [of('second', { 'kratix-diff.md': 'two\n' }), of('first', { 'kratix-diff.md': 'one\n', 'a.yaml': 'a: 1' })]);
  expect(made?.metadata.name).toMatch(/^shop-cart-dry-run-summary-[0-9a-f]{5}$/);
  expect(summaryOf(made)).toBe('one\n\n---\n\ntwo\n');
  expect(diffsWork(request(), 'shop', [of('first', { 'a.yaml': 'a: 1' })])).toBeUndefined();
});

describe('components', () => {
  const labelled = (kind: string, marks: string) => `apiVersion: data.io/v1\nkind: ${kind}\nmetadata:\n  name: db\n  namespace: data\n${marks}spec:\n  size: small\n`;
  const parent = '  labels:\n    kratix.io/parent-resource-name: cart\n';
  const offers = [{ promise: 'database', resource: { ...type, group: 'data.io', kind: 'Database', plural: 'databases' } }];

  it('B-DR-3: requests of installed Promises that name their parent get a dry run of their own; everything else is passed over', () => {
    const works = [work({ 'db.yaml': labelled('Database', parent), 'other.yaml': labelled('Unknown', parent), 'plain.yaml': labelled('Database', ''), 'bad.yaml': 'a: [' })];
    const [child, ...more] = componentsOf(dryRun(), works, offers);
    expect(more).toEqual([]);
    expect(child).toMatchObject({
      metadata: { name: expect.stringMatching(/^try-database-db-[0-9a-f]{5}$/), namespace: 'team', labels: { 'kratix.io/dry-run-parent': 'try', 'kratix.io/promise-name': 'database' }, ownerReferences: [{ uid: 'dry-uid' }] },
      spec: { promiseRef: { name: 'database' }, resourceRequestRef: { name: 'db', namespace: 'data' }, resource: { size: 'small' } },
    });
    expect(isChildOf(child, dryRun())).toBe(true);
    expect(isChildOf(child, dryRun('another'))).toBe(false);
  });

  const child = (name: string, ...conditions: Condition[]) => dryRun(name, { spec: { promiseRef: { name: 'database' }, resourceRequestRef: { name }, resource: {} }, status: { conditions } });
  it('B-DR-7: the outcome names the components that failed or took too long', () => {
    const good = child('a', condition('Completed', 'True', 'SummaryWritten'));
    const bad = child('b', condition('Completed', 'False', 'PipelineFailed', 'exit 1'));
    expect(componentStatuses([good, bad, child('c')])).toMatchObject([{ phase: 'Succeeded' }, { phase: 'Failed', message: 'exit 1' }, { phase: 'Pending' }]);
    const of = (...children: DryRunObject[]) => completedConditions(componentStatuses(children)).map(({ type: name, status, reason, message }) => [name, status, reason, message].join('|'));
    expect(of()).toEqual(['Completed|True|SummaryWritten|The summary is written']);
    expect(of(good)[1]).toBe('ComponentsSucceeded|True|AllComponentsSucceeded|All component dry runs succeeded');
    expect(of(good, bad, child('c'))[1]).toBe('ComponentsSucceeded|False|ComponentDryRunFailed|Component dry runs failed: database/b');
    expect(of(good, child('c'))[1]).toBe('ComponentsSucceeded|False|ComponentDryRunIncomplete|Component dry runs did not complete in time: database/c');
  });
});

describe('the summary', () => {
  const before = filesOf([work({ 'kept.yaml': 'a: 1\n', 'changed.yaml': 'a: 1\nb: 2\n', 'gone.yaml': 'x: 1\n' })]);
  const after = filesOf([work({ 'kept.yaml': 'a: 1\n', 'changed.yaml': 'a: 1\nb: 3\n', 'new.yaml': 'text: |\n  ```\n' })]);
  const changes = changesBetween(before, after);

  it('B-DR-5, B-DR-6: tells each file of each pipeline that is added, modified or removed, against what the live request has', () => {
    expect(changes.map(({ path, change }) => `${path} ${change}`)).toEqual(['changed.yaml Modified', 'gone.yaml Removed', 'new.yaml Added']);
    expect(dryRunSummary([{ pipeline: 'second', changes: [] }, { pipeline: 'first', changes }])).toBe(
      [
        '# Kratix Dry Run Summary', '', '## Pipeline: `first`', '', '**1 added · 1 modified · 1 removed**', '',
        '---', '', '## ✏️ Modified: `changed.yaml`', '', '```diff', '--- a/changed.yaml', '+++ b/changed.yaml', ' a: 1', '-b: 2', '+b: 3', '```', '',
        '---', '', '## 🗑️ Removed: `gone.yaml`', '', '```yaml', 'x: 1', '```', '',
        '---', '', '## ➕ Added: `new.yaml`', '', '```yaml', 'text: |', '  ```', '```', '',
        '---', '', '## Pipeline: `second`', '', '**0 added · 0 modified · 0 removed**', '', 'No changes.', '',
      ].join('\n'),
    );
  });

  it('a file that holds a fence gets a longer one', () => {
    expect(dryRunSummary([{ pipeline: 'p', changes: changesBetween(new Map(), new Map([['a.md', '```\ncode\n```\n']])) }])).toContain('````yaml\n```\ncode\n```\n````');
  });

  it('B-DR-5: a compound request is followed by its components, one level deeper', () => {
    const child = dryRunSummary([{ pipeline: 'p', changes: changesBetween(new Map(), new Map([['a.sh', '# comment\n']])) }]);
    const text = compoundSummary('shop', 'cart', [{ pipeline: 'first', changes: [] }], [
      { promise: 'database', request: 'db', summary: child },
      { promise: 'queue', request: 'q', failure: 'exit 1' },
      { promise: 'cache', request: 'c' },
    ]);
    expect(text).toContain('## Compound request: `shop` / `cart`\n\n### Pipeline: `first`');
    expect(text).toContain('---\n\n## Component request: `database` / `db`\n\n### Pipeline: `p`\n\n**1 added · 0 modified · 0 removed**\n\n---\n\n### ➕ Added: `a.sh`\n\n```yaml\n# comment\n```');
    expect(text).toContain('## Component request: `queue` / `q`\n\n> **Dry run failed.** exit 1');
    expect(text).toContain('## Component request: `cache` / `c`\n\n> The dry run did not complete within the timeout.');
  });
});
