import type { WorkObject, WorkPlacementObject } from '../api';
import { fateOfPart } from './part-life';

const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
const aPart = (minutes: number): WorkObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Work', metadata: { name: 'p1', namespace: 'n', creationTimestamp: at(minutes) }, spec: { lastExecutionTimestamp: at(minutes), part: { of: 'w', piece: 'x' } },
});
const aWhole = (minutes: number, ...parts: string[]): WorkObject => ({ ...aPart(0), metadata: { name: 'w', namespace: 'n' }, spec: { lastExecutionTimestamp: at(minutes), parts: parts.map(name => ({ name, digest: 'd' })) } });
const aPlacement = (...parts: string[]) => ({ spec: { parts: parts.map(name => ({ name, digest: 'd' })) } } as WorkPlacementObject);
const now = new Date(at(30));

describe('Q-53: a piece of a Work’s files', () => {
  it.each([
    ['stays while the Work names it', aPart(0), aWhole(20, 'p1'), [], 'keep'],
    ['stays while a placement still needs it', aPart(0), aWhole(20, 'p2'), [aPlacement('p1')], 'keep'],
    ['goes when the Work was written anew without it', aPart(0), aWhole(20, 'p2'), [aPlacement('p2')], 'delete'],
    ['waits for its Work, which is written last', aPart(25), undefined, [], { lookAgainMs: 115 * 60_000 }],
    ['waits while the earlier Work is there', aPart(25), aWhole(20, 'p2'), [], { lookAgainMs: 115 * 60_000 }],
    ['goes when its Work never came', aPart(-100), undefined, [], 'delete'],
  ])('%s', (_rule, part, whole, placements, fate) => expect(fateOfPart(part as WorkObject, whole as WorkObject | undefined, placements as WorkPlacementObject[], now)).toEqual(fate));
});
