import fc from 'fast-check';
import { Model, type Event } from './testing/model';

const one = (...whats: Exclude<Event, { what: 'edit' | 'pod' | 'see' | 'wait' }>['what'][]) => fc.constantFrom(...whats.map((what): Event => ({ what })));
const events: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: one('engine', 'step') },
    { weight: 3, arbitrary: fc.constantFrom<Event>({ what: 'see', kind: 'pods' }, { what: 'see', kind: 'jobs' }, { what: 'see', kind: 'runs' }, { what: 'see', kind: 'demand' }) },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('edit' as const), hash: fc.constantFrom('h1', 'h2'), isSeen: fc.boolean() }) },
    { weight: 4, arbitrary: fc.record({ what: fc.constant('pod' as const), ends: fc.constantFrom('well' as const, 'well' as const, 'badly' as const, 'suspended' as const), isSeen: fc.boolean() }) },
    { weight: 3, arbitrary: one('restart', 'manual', 'resume', 'delete-job', 'delete-pod', 'pod-gone') },
    { weight: 2, arbitrary: one('refuse', 'lose') },
    { weight: 1, arbitrary: fc.constantFrom<Event>({ what: 'wait', seconds: 5 }, { what: 'wait', seconds: 700 }, { what: 'wait', seconds: 3_700 }) },
  ),
  { maxLength: 60, size: 'max' },
);

/** A workflow of three pipelines: three records of each of two runs, one for what was asked meanwhile, and the labels. */
const MOST_WRITES = 40;
const RUNS = 2_000;

describe('for any sequence of edits, pod outcomes, labels, restarts, lost answers and late events', () => {
  const lived = (happened: Event[]) => {
    const model = new Model();
    for (const event of happened) model.happen(event);
    const writes = model.settle();
    return { model, writes };
  };

  it('B-RR-45, Q-18, Q-19, A21: no pipeline starts before the one in front of it has succeeded, none beside another, none twice', () => {
    fc.assert(fc.property(events, happened => expect(lived(happened).model.wrong).toEqual([])), { numRuns: RUNS });
  });

  it('B-RR-10, A21: the last edit wins, and everything comes to an end', () => {
    fc.assert(
      fc.property(events, happened => {
        const { model } = lived(happened);
        expect(model.latest?.spec.hash).toBe(model.hash);
        expect(['Succeeded', 'Failed']).toContain(model.latest?.status?.phase);
        expect(model.pretended).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('the way to the end is short', () => {
    fc.assert(fc.property(events, happened => expect(lived(happened).writes).toBeLessThanOrEqual(MOST_WRITES)), { numRuns: RUNS });
  });
});
