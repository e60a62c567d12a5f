import type { WorkflowRunObject } from '../api';
import type { Informer, InformerEvent, KubeObject } from '../kube';
import type { JobObject, Ticket } from '../workflow';
import { Turns } from './turns';

/** An informer of which only what this needs is there. */
function anInformer<T extends KubeObject>() {
  const objects = new Map<string, T>();
  const listeners: ((event: InformerEvent<T>) => void)[] = [];
  let keysOf = (_object: T): string[] => [];
  const key = ({ metadata }: T) => `${metadata.namespace}/${metadata.name}`;
  return {
    put(object: T) {
      const previous = objects.get(key(object));
      objects.set(key(object), object);
      const event = previous ? { type: 'modified', object, previous } : { type: 'added', object, initial: false };
      for (const listener of listeners) listener(event as InformerEvent<T>);
    },
    addIndex: (_name: string, map: typeof keysOf) => (keysOf = map),
    onChange: (listener: (typeof listeners)[number]) => listeners.push(listener),
    get: (name: string) => objects.get(name),
    byIndex: (_name: string, value: string) => [...objects.values()].filter(object => keysOf(object).includes(value)),
  };
}

const aRun = (name: string, promise: string, phase: 'Running' | 'Succeeded') =>
  ({ metadata: { name, namespace: 'n' }, spec: { promiseName: promise, trigger: 'created', target: { namespace: 'n' } }, status: { phase, pipelines: [{ name: 'one', phase, attempt: 1, job: `job-${name}` }] } }) as WorkflowRunObject;
const aJob = (name: string) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: `job-${name}`, namespace: 'n' } }) as JobObject;
const aTicket = (id: string, promise = 'a'): Ticket => ({ id, promise, namespace: 'n', isAsked: true, since: id, weight: 1 });
const soon = () => new Promise(resolve => setImmediate(resolve));

function aDesk(limit: number) {
  const runs = anInformer<WorkflowRunObject>();
  const jobs = anInformer<JobObject>();
  const turns = new Turns({ runs, jobs } as unknown as { runs: Informer<WorkflowRunObject>; jobs: Informer<JobObject> }, () => limit);
  const woken: string[] = [];
  const ask = (ticket: Ticket) => turns.ask(ticket, () => woken.push(ticket.id));
  const begin = (ticket: Ticket) => {
    runs.put(aRun(ticket.id, ticket.promise, 'Running'));
    jobs.put(aJob(ticket.id));
    turns.started(ticket.id);
  };
  return { turns, runs, woken, ask, begin };
}

describe('Turns', () => {
  it('as many as may run at once, counted from before their Jobs are there', () => {
    const { ask } = aDesk(2);
    expect([ask(aTicket('1')), ask(aTicket('2')), ask(aTicket('3'))]).toEqual([true, true, false]);
  });

  it('wakes who is next when a pipeline ends, once', async () => {
    const { ask, begin, runs, woken } = aDesk(1);
    expect(ask(aTicket('1'))).toBe(true);
    begin(aTicket('1'));
    for (const id of ['3', '2']) expect(ask(aTicket(id))).toBe(false);
    await soon();
    expect(woken).toEqual([]);
    runs.put(aRun('1', 'a', 'Succeeded'));
    await soon();
    expect(woken).toEqual(['2']);
    expect(ask(aTicket('2'))).toBe(true);
  });

  it('nobody is held up by one that is gone, or paused', async () => {
    const { turns, ask, begin, runs, woken } = aDesk(1);
    ask(aTicket('1'));
    begin(aTicket('1'));
    for (const id of ['2', '3']) ask(aTicket(id));
    runs.put(aRun('1', 'a', 'Succeeded'));
    await soon();
    turns.leave('2');
    await soon();
    expect(woken).toEqual(['2', '3']);
  });

  it('a turn that is not used is given back', async () => {
    const { turns, ask, woken } = aDesk(1);
    ask(aTicket('1'));
    ask(aTicket('2'));
    turns.leave('1');
    await soon();
    expect(woken).toEqual(['2']);
  });
});
