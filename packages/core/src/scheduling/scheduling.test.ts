import fc from 'fast-check';
import type { ConditionChange, DestinationObject, WorkObject, WorkPlacementObject } from '../api';
import { setConditions } from '../api';
import { concernsWork, notFromPipeline, planPlacements, schedulingFailed, workConditions, workEvents } from './index';
import { isCandidate, mergeSelectors, requiredLabels } from '../wire/selectors';

const aDestination = (name: string, labels?: Record<string, string>, spec: object = {}): DestinationObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Destination', metadata: { name, ...(labels && { labels }) }, spec: { path: name, ...spec } as DestinationObject['spec'],
});
const aWork = (matchLabels: Record<string, string> | undefined, resourceName?: string): WorkObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Work', metadata: { name: 'w', namespace: 'default', uid: 'u1', generation: 2 },
  spec: { promiseName: 'p', resourceName, workloadGroups: [{ id: 'g1234567', directory: '.', workloads: [{ filepath: 'a', content: 'b' }], ...(matchLabels && { destinationSelectors: [{ matchLabels, source: 'promise' }] }) }] },
});
const eu = aDestination('eu', { region: 'eu' });
const us = aDestination('us', { region: 'us' });
const bare = aDestination('bare');
const names = (plan: { wanted: WorkPlacementObject[] }) => plan.wanted.map(each => each.spec?.targetDestinationName).sort();

const told = (changes: ConditionChange[]) => setConditions(undefined, changes, new Date(0));

describe('selectors', () => {
  it('B-API-8: the earlier entry wins', () => expect(mergeSelectors([{ matchLabels: { a: '1' } }, { matchLabels: { a: '2', b: '3' } }])).toEqual({ a: '1', b: '3' }));
  it('B-SCH-5: the Promise wins over its workflow, and that over the request’s', () => {
    const selectors: { matchLabels: Record<string, string>; source: string }[] = [{ matchLabels: { a: 'r', b: 'r', c: 'r' }, source: 'resource-workflow' }, { matchLabels: { a: 'w', b: 'w' }, source: 'promise-workflow' }, { matchLabels: { a: 'p' }, source: 'promise' }];
    expect(requiredLabels(aWork(undefined), { destinationSelectors: selectors })).toEqual({ a: 'p', b: 'w', c: 'r' });
  });
  it.each([
    ['all match nothing', bare, {}, true],
    ['labels match', eu, { region: 'eu' }, true],
    ['labels differ', eu, { region: 'us' }, false],
    ['no labels match an empty set alone', bare, { region: 'eu' }, false],
    ['strict needs a selector', aDestination('s', { x: '1' }, { strictMatchLabels: true }), {}, false],
    ['strict without labels', aDestination('s', undefined, { strictMatchLabels: true }), {}, true],
    ['a Destination that goes away', { ...eu, metadata: { ...eu.metadata, deletionTimestamp: 'now' } }, { region: 'eu' }, false],
    ['a Destination for dry runs gets nothing else', aDestination('dry', { region: 'eu', 'kratix.io/dry-run': 'true' }), { region: 'eu' }, false],
    ['a Destination for dry runs gets not even what matches everything', aDestination('dry', { 'kratix.io/dry-run': 'true' }), {}, false],
    ['a dry run goes there', aDestination('dry', { 'kratix.io/dry-run': 'true' }), { 'kratix.io/dry-run': 'true' }, true],
  ])('B-SCH-6: %s', (_rule, destination, required, expected) => expect(isCandidate(destination as DestinationObject, required as Record<string, string>)).toBe(expected));
});

it('B-SCH-5: a dry run asks for nothing but a Destination for dry runs', () => {
  const work = aWork({ region: 'eu' }, 'r');
  work.metadata.labels = { 'kratix.io/dry-run': 'true' };
  expect(requiredLabels(work, work.spec?.workloadGroups?.[0] ?? {})).toEqual({ 'kratix.io/dry-run': 'true' });
});

describe('planPlacements', () => {
  it('B-SCH-2, B-SCH-15: dependencies go everywhere that matches', () => expect(names(planPlacements(aWork(undefined), [eu, us, bare], []))).toEqual(['bare', 'eu', 'us']));
  it('B-SCH-11: a request’s files go to one place', () => expect(planPlacements(aWork(undefined, 'r'), [eu, us, bare], []).wanted).toHaveLength(1));
  it('B-SCH-20: the name tells Work, Destination and group', () => expect(planPlacements(aWork({ region: 'eu' }, 'r'), [eu, us], []).wanted[0].metadata.name).toBe('w.eu-g1234'));
  it('B-SCH-10: what is placed stays, and is marked when it no longer matches', () => {
    const placed = planPlacements(aWork({ region: 'eu' }, 'r'), [eu, us], []).wanted;
    const plan = planPlacements(aWork({ region: 'us' }, 'r'), [eu, us], placed);
    expect(names(plan)).toEqual(['eu']);
    expect(plan.misplaced).toEqual(['g1234567']);
    expect(plan.wanted[0].metadata.labels).toMatchObject({ 'kratix.io/misplaced': 'true' });
  });
  it('Q-29: the mark goes when it matches again', () => {
    const placed = planPlacements(aWork({ region: 'eu' }, 'r'), [eu, us], []).wanted.map(each => ({ ...each, metadata: { ...each.metadata, labels: { ...each.metadata.labels, 'kratix.io/misplaced': 'true' } } }));
    expect(planPlacements(aWork({ region: 'eu' }, 'r'), [eu, us], placed).wanted[0].metadata.labels).not.toHaveProperty('kratix.io/misplaced');
  });
  it('B-SCH-33: groups that are gone lose their placements', () => {
    const placed = planPlacements(aWork({ region: 'eu' }, 'r'), [eu], []).wanted;
    expect(planPlacements({ ...aWork(undefined, 'r'), spec: { resourceName: 'r', workloadGroups: [] } }, [eu], placed).obsolete).toHaveLength(1);
  });
  it('B-SCH-15: a dependency stays where it no longer belongs, marked, and goes to what matches now', () => {
    const placed = planPlacements(aWork({ region: 'eu' }), [eu, us], []).wanted;
    const plan = planPlacements(aWork({ region: 'us' }), [eu, us], placed);
    expect(names(plan)).toEqual(['eu', 'us']);
    expect(plan.wanted.filter(each => each.metadata.labels?.['kratix.io/misplaced'])).toHaveLength(1);
  });
  it('B-SCH-10: what is misplaced still receives new files', () => {
    const placed = planPlacements(aWork({ region: 'eu' }, 'r'), [eu, us], []).wanted;
    const work = { ...aWork({ region: 'us' }, 'r'), metadata: { ...aWork(undefined).metadata, generation: 3 } };
    expect(planPlacements(work, [eu, us], placed).wanted[0].spec).toMatchObject({ generation: 3, workloads: [{ filepath: 'a' }] });
  });
  it('B-SCH-20, B-API-14: a placement has upstream’s form: labels, owner, finalizer, spec; the Work’s annotations, but its own trace', () => {
    const work = aWork({ region: 'eu' }, 'r');
    work.metadata.annotations = { note: 'work', 'kratix.io/trace-parent': 'of-work' };
    work.metadata.labels = { 'kratix.io/pipeline-name': 'act' };
    const [first] = planPlacements(work, [eu], []).wanted;
    expect(first.metadata).toEqual({
      name: 'w.eu-g1234', namespace: 'default',
      labels: { 'kratix.io/work': 'w', 'kratix.io/workload-group-id': 'g1234567', 'kratix.io/targetDestinationName': 'eu', 'kratix.io/pipeline-name': 'act' },
      annotations: { note: 'work', 'kratix.io/trace-parent': 'of-work' },
      finalizers: ['finalizers.workplacement.kratix.io/repo-cleanup'],
      ownerReferences: [{ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Work', name: 'w', uid: 'u1', controller: true, blockOwnerDeletion: true }],
    });
    expect(first.spec).toEqual({ targetDestinationName: 'eu', promiseName: 'p', resourceName: 'r', id: 'g1234567', generation: 2, workloads: [{ filepath: 'a', content: 'b' }] });
    const existing = [{ ...first, metadata: { ...first.metadata, annotations: { 'kratix.io/trace-parent': 'of-placement' } } }];
    expect(planPlacements(work, [eu], existing).wanted[0].metadata.annotations).toEqual({ note: 'work', 'kratix.io/trace-parent': 'of-placement' });
  });
  it('in mode none the state file is waited for, too', () => {
    const flat = aDestination('flat', undefined, { filepath: { mode: 'none' } });
    expect(planPlacements(aWork(undefined, 'r'), [flat], []).wanted[0].metadata.finalizers).toEqual([
      'finalizers.workplacement.kratix.io/repo-cleanup', 'finalizers.workplacement.kratix.io/kratix-dot-files-cleanup',
    ]);
  });
  it('B-SS-20: where the Destination is gone the placement stays, and waits for nothing', () => {
    const placed = planPlacements(aWork({ region: 'eu' }, 'r'), [eu], []).wanted;
    const plan = planPlacements(aWork({ region: 'eu' }, 'r'), [us], placed);
    expect(names(plan)).toEqual(['eu']);
    expect(plan.wanted[0].metadata.finalizers).toBeUndefined();
  });
  it('Q-38, B-DEL-15: what a Destination that goes away loses goes to the one that the rule names, dependencies nowhere else', () => {
    const leaving = { ...eu, metadata: { ...eu.metadata, deletionTimestamp: 'now' } };
    const both = aDestination('eu-2', { region: 'eu' });
    const removed = planPlacements(aWork({ region: 'eu' }, 'r'), [eu], []).wanted.map(each => ({ ...each, metadata: { ...each.metadata, deletionTimestamp: 'now' } }));
    expect(names(planPlacements(aWork({ region: 'eu' }, 'r'), [leaving, both], removed))).toEqual(['eu-2']);
    expect(planPlacements(aWork({ region: 'eu' }, 'r'), [leaving, us], removed)).toMatchObject({ wanted: [], unscheduled: [{ labels: { region: 'eu' } }] });
    expect(names(planPlacements(aWork({ region: 'eu' }), [leaving, both], removed))).toEqual(['eu-2']);
  });
  it('says what nobody matches, and what there is', () => {
    const work = aWork({ region: 'mars' }, 'r');
    const [scheduled] = workConditions(planPlacements(work, [eu, us], []), [], [eu, us]);
    expect(scheduled).toMatchObject({ status: 'False', reason: 'UnscheduledWorkloads' });
    expect(scheduled.message).toContain('wanted region: mars; existing destinations: eu (region: eu), us (region: us)');
  });
  it('B-SCH-31, B-SCH-12: a Work without a place is Pending and says for whom it waits', () => {
    const work = aWork({ region: 'mars' }, 'r');
    const conditions = workConditions(planPlacements(work, [eu], []), [], [eu]);
    expect(conditions[1]).toEqual({ type: 'Ready', status: 'False', reason: 'UnscheduledWorkloads', message: 'Pending' });
    expect(workEvents(work, told(conditions)).map(({ type, reason }) => `${type} ${reason}`)).toEqual(['Normal NoMatchingDestination', 'Normal WaitingDestination']);
    expect(workEvents({ ...work, status: { conditions: told(conditions) } }, told(conditions))).toEqual([]);
  });
  it('B-SCH-31: a misplaced Work warns', () => {
    const plan = { wanted: [], obsolete: [], unscheduled: [], misplaced: ['g1', 'g1'] };
    const conditions = workConditions(plan, [], [eu]);
    expect(conditions).toEqual([
      { type: 'ScheduleSucceeded', status: 'False', reason: 'DestinationSelectorMismatch', message: 'Target destination no longer matches destinationSelectors for workloadGroups: [g1]' },
      { type: 'Ready', status: 'False', reason: 'Misplaced', message: 'Misplaced' },
    ]);
    expect(workEvents(aWork(undefined), told(conditions))).toMatchObject([{ type: 'Warning', reason: 'DestinationSelectorMismatch' }]);
  });
  it('B-SCH-32, Q-3: a failing placement is what the Work says, once', () => {
    const plan = planPlacements(aWork(undefined, 'r'), [eu], []);
    const failed = plan.wanted.map(each => ({ ...each, status: { conditions: told([{ type: 'WriteSucceeded', status: 'False', reason: 'WorkloadsFailedWrite', message: 'full' }]) } }));
    const conditions = workConditions(plan, failed, [eu]);
    expect(conditions).toMatchObject([
      { status: 'False', reason: 'WorkplacementsFailing', message: 'Workplacements failed to write: [w.eu-g1234]; eu: full' },
      { type: 'Ready', status: 'False', reason: 'WorkplacementsFailing', message: 'Failing' },
    ]);
    const work = { ...aWork(undefined, 'r'), status: { conditions: told(conditions) } };
    expect(workEvents(work, told(workConditions(plan, failed, [eu])))).toEqual([]);
  });
  it('B-SCH-31, Q-2: scheduled is said at once, Ready when all is written', () => {
    const plan = planPlacements(aWork(undefined, 'r'), [eu], []);
    expect(workConditions(plan, plan.wanted, [eu])).toMatchObject([{ status: 'True', reason: 'AllWorkplacementsScheduled' }, { status: 'False', message: 'Pending' }]);
    const written = plan.wanted.map(each => ({ ...each, status: { conditions: told([{ type: 'WriteSucceeded', status: 'True', reason: 'x', message: '' }]) } }));
    expect(workConditions(plan, written, [eu])).toMatchObject([{ message: 'All workplacements scheduled successfully' }, { type: 'Ready', status: 'True', reason: 'AllWorkplacementsScheduled', message: 'Ready' }]);
  });
  it('B-SCH-31: what the API server refuses is said in its words', () =>
    expect(schedulingFailed(aWork(undefined), 'quota exceeded')).toMatchObject([{ status: 'False', reason: 'FailedToScheduleWorkloads', message: 'Failed to schedule or update for workloadGroups: [g1234567]; quota exceeded' }, { message: 'Pending' }]));
  it('a Work that was changed by hand says how to mend it', () => {
    const conditions = notFromPipeline(aWork(undefined));
    expect(conditions[1]).toMatchObject({ type: 'Ready', message: 'Failing' });
    expect(workEvents(aWork(undefined), told(conditions))).toMatchObject([{ type: 'Warning', reason: 'NotFromPipeline', message: expect.stringContaining('run the workflow again') }]);
  });
  it('Q-55: the choice is the same every time, and every Destination is chosen by some Work', () => {
    const chosen = new Set<string>();
    for (let count = 0; count < 100; count += 1) {
      const work = { ...aWork(undefined, 'r'), metadata: { name: 'w', namespace: 'default', uid: `u${count}` } };
      const [first] = names(planPlacements(work, [eu, us, bare], []));
      expect(names(planPlacements(work, [bare, us, eu], []))).toEqual([first]);
      chosen.add(String(first));
    }
    expect(chosen.size).toBe(3);
  });
  it('never places a request’s group twice and never drops one', () => {
    const label = fc.record({ region: fc.constantFrom('eu', 'us', 'mars') });
    fc.assert(fc.property(fc.array(label, { minLength: 0, maxLength: 5 }), label, (all, wanted) => {
      const destinations = all.map((labels, index) => aDestination(`d${index}`, labels));
      const plan = planPlacements(aWork(wanted, 'r'), destinations, []);
      expect(plan.wanted.length + plan.unscheduled.length).toBe(1);
    }));
  });
});

describe('Q-8: a change of a Destination concerns', () => {
  const placed = { ...aWork({ region: 'eu' }, 'r'), status: { conditions: told([{ type: 'ScheduleSucceeded', status: 'True', reason: 'AllWorkplacementsScheduled', message: '' }]) } };
  const waiting = { ...aWork({ region: 'mars' }, 'r'), status: { conditions: told([{ type: 'ScheduleSucceeded', status: 'False', reason: 'UnscheduledWorkloads', message: '' }]) } };
  const moved = aDestination('eu', { region: 'us' });
  it.each([
    ['a dependency, when a match appears', aWork({ region: 'eu' }), { after: eu }, false, true],
    ['no dependency that asks for something else', aWork({ region: 'us' }), { after: eu }, false, false],
    ['a request that waits for it', waiting, { after: aDestination('mars', { region: 'mars' }) }, false, true],
    ['a request that waits: it lists the labels that there are', waiting, { before: eu, after: moved }, false, true],
    ['no request that has its place elsewhere', placed, { before: us, after: moved }, false, false],
    ['a request that is placed there, when labels go', placed, { before: eu, after: moved }, true, true],
    ['a request that is placed there, when it is gone', placed, { before: eu }, true, true],
    ['nobody, when only its path changes', placed, { before: eu, after: aDestination('eu', { region: 'eu' }, { path: 'x' }) }, true, false],
    ['a Work that nobody has looked at yet', aWork({ region: 'eu' }, 'r'), { after: eu }, false, true],
  ])('%s', (_rule, work, change, isPlacedThere, expected) => expect(concernsWork(work, change, isPlacedThere)).toBe(expected));
});
