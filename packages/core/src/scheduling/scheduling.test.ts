import fc from 'fast-check';
import type { DestinationObject, WorkObject, WorkPlacementObject } from '../api';
import { isCandidate, mergeSelectors, planPlacements, requiredLabels, workConditions } from './index';

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

describe('selectors', () => {
  it('B-API-8: the earlier entry wins', () => expect(mergeSelectors([{ matchLabels: { a: '1' } }, { matchLabels: { a: '2', b: '3' } }])).toEqual({ a: '1', b: '3' }));
  it('B-SCH-5: the Promise wins over its workflow, and that over the request’s', () => {
    const selectors: { matchLabels: Record<string, string>; source: string }[] = [{ matchLabels: { a: 'r', b: 'r', c: 'r' }, source: 'resource-workflow' }, { matchLabels: { a: 'w', b: 'w' }, source: 'promise-workflow' }, { matchLabels: { a: 'p' }, source: 'promise' }];
    expect(requiredLabels({ destinationSelectors: selectors })).toEqual({ a: 'p', b: 'w', c: 'r' });
  });
  it.each([
    ['all match nothing', bare, {}, true],
    ['labels match', eu, { region: 'eu' }, true],
    ['labels differ', eu, { region: 'us' }, false],
    ['no labels match an empty set alone', bare, { region: 'eu' }, false],
    ['strict needs a selector', aDestination('s', { x: '1' }, { strictMatchLabels: true }), {}, false],
    ['strict without labels', aDestination('s', undefined, { strictMatchLabels: true }), {}, true],
    ['a Destination that goes away', { ...eu, metadata: { ...eu.metadata, deletionTimestamp: 'now' } }, { region: 'eu' }, false],
  ])('B-SCH-6: %s', (_rule, destination, required, expected) => expect(isCandidate(destination as DestinationObject, required as Record<string, string>)).toBe(expected));
});

describe('planPlacements', () => {
  it('B-SCH-15: dependencies go everywhere that matches', () => expect(names(planPlacements(aWork(undefined), [eu, us, bare], []))).toEqual(['bare', 'eu', 'us']));
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
  it('says what nobody matches, and what there is', () => {
    const work = aWork({ region: 'mars' }, 'r');
    const [scheduled] = workConditions(planPlacements(work, [eu, us], []), [], [eu, us]);
    expect(scheduled).toMatchObject({ status: 'False', reason: 'UnscheduledWorkloads' });
    expect(scheduled.message).toContain('wanted region: mars; existing destinations: eu (region: eu), us (region: us)');
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
