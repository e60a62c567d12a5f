import type { ContainerState, RequestState, Run, StepPhase } from '@kratix-ts/backstage-plugin-kratix-common';
import { ApiError } from '@kratix-ts/core/kube';
import { streamLog, type KeptQuestion, type LogQuery } from './streamLog';

const container = (name: string, phase: ContainerState['phase'], extra: Partial<ContainerState> = {}): ContainerState => ({ name, helper: false, phase, ...extra });

function aRun(containers: ContainerState[], phase: StepPhase = 'Running', pod: object | undefined = { namespace: 'default', name: 'pod-1' }): Run {
  const step = { name: 'act', phase, attempt: 1, containers, pod: pod as { namespace: string; name: string } | undefined };
  return { id: 'one-1', action: 'configure', type: 'resource', trigger: 'created', phase, steps: [step] };
}

/** A request whose runs change, and a cluster whose logs are texts. */
function aSource(runs: Run[]) {
  let current = runs;
  const handlers = new Set<() => void>();
  const asked: unknown[] = [];
  const kept = jest.fn<Promise<string | undefined>, [KeptQuestion]>(async () => undefined);
  const failure: { error?: Error } = {};
  const client = {
    async *logs(pod: object, options: object) {
      asked.push({ ...pod, ...options, signal: undefined });
      if (failure.error) throw failure.error;
      yield 'one\n';
      yield 'two\n';
    },
  };
  return {
    asked,
    failure,
    handlers,
    kept,
    become(next: Run[]) {
      current = next;
      handlers.forEach(handler => handler());
    },
    source: {
      client: client as never,
      kept,
      state: () => ({ name: 'one', runs: current } as RequestState),
      onChange: (handler: () => void) => {
        handlers.add(handler);
        return () => handlers.delete(handler);
      },
    },
  };
}

async function read(source: ReturnType<typeof aSource>['source'], query: LogQuery, signal = new AbortController().signal): Promise<string> {
  let text = '';
  for await (const chunk of streamLog(source, query, signal)) text += chunk;
  return text;
}

it('reads the container that is named', async () => {
  const { source, asked } = aSource([aRun([container('first', 'Succeeded'), container('second', 'Running')])]);
  expect(await read(source, { run: 'one-1', step: 'act', container: 'first', tailLines: 5 })).toBe('one\ntwo\n');
  expect(asked).toEqual([{ namespace: 'default', name: 'pod-1', container: 'first', tailLines: 5, follow: undefined, previous: undefined, sinceSeconds: undefined, signal: undefined }]);
});

it('reads the container that tells most when none is named', async () => {
  const { source, asked } = aSource([aRun([container('first', 'Succeeded'), container('second', 'Failed', { exitCode: 1 })], 'Failed')]);
  await read(source, {});
  expect(asked).toMatchObject([{ container: 'second' }]);
});

it('waits with follow until the container has begun', async () => {
  const { source, become, handlers } = aSource([]);
  const text = read(source, { step: 'act', container: 'second', follow: true, run: undefined });
  become([aRun([container('second', 'Waiting')])]);
  become([aRun([container('second', 'Running')])]);
  expect(await text).toBe('one\ntwo\n');
  expect(handlers.size).toBe(0);
});

it('stops waiting when the reader goes away', async () => {
  const { source, handlers } = aSource([aRun([container('second', 'Waiting')])]);
  const abort = new AbortController();
  const text = read(source, { follow: true, container: 'second', step: 'act' }, abort.signal);
  abort.abort();
  await expect(text).rejects.toThrow('aborted');
  expect(handlers.size).toBe(0);
});

it('stops waiting when the step ends without the container', async () => {
  const { source, become, handlers } = aSource([aRun([container('second', 'Waiting')])]);
  const text = read(source, { follow: true, container: 'second', step: 'act' });
  become([aRun([container('second', 'Waiting')], 'Failed')]);
  await expect(text).rejects.toThrow('"second" was not started, so there is no log');
  expect(handlers.size).toBe(0);
});

it.each<[string, Run[], LogQuery, string]>([
  ['an unknown run', [], { run: 'x' }, '"one" has no run "x"; it may have been pruned'],
  ['an unknown step', [aRun([])], { step: 'x' }, 'Run "one-1" has no step "x"; it has: act'],
  ['an unknown container', [aRun([container('a', 'Running')])], { step: 'act', container: 'x' }, 'Step "act" has no container "x"; it has: a'],
  ['what has not begun', [aRun([container('a', 'Waiting')])], { step: 'act', container: 'a' }, '"a" has not started yet'],
  ['what is gone', [{ ...aRun([container('a', 'Succeeded')], 'Succeeded'), steps: [{ ...aRun([container('a', 'Succeeded')], 'Succeeded').steps[0], pod: undefined }] }], { step: 'act', container: 'a' }, 'The log of "a" is gone: its pod was removed'],
])('says that there is no log of %s', async (_, runs, query, message) => {
  await expect(read(aSource(runs).source, query)).rejects.toThrow(message);
});

describe('a log that was kept', () => {
  const gone = () => {
    const run = aRun([container('act', 'Succeeded')], 'Succeeded');
    return aSource([{ ...run, steps: [{ ...run.steps[0], attempt: 2, pod: undefined }] }]);
  };
  const named = { run: 'one-1', step: 'act', container: 'act' };

  it('is read when the pod has gone, its last lines where only those are wanted', async () => {
    const { source, kept } = gone();
    kept.mockResolvedValue('one\ntwo\nthree\n');
    expect(await read(source, named)).toBe('one\ntwo\nthree\n');
    expect(await read(source, { ...named, tailLines: 2 })).toBe('two\nthree\n');
    expect(kept).toHaveBeenCalledWith({ ...named, attempt: undefined });
  });

  it('is read when the pod goes in between', async () => {
    const { source, kept, failure } = aSource([aRun([container('act', 'Running')])]);
    kept.mockResolvedValue('kept\n');
    failure.error = new ApiError(404, 'NotFound', 'pods "pod-1" not found');
    expect(await read(source, named)).toBe('kept\n');
    failure.error = new ApiError(403, 'Forbidden', 'you may not');
    await expect(read(source, named)).rejects.toThrow('you may not');
  });

  it('is read of an earlier attempt, of which the pod may still be another', async () => {
    const run = aRun([container('act', 'Failed')], 'Failed');
    const { source, kept, asked } = aSource([{ ...run, steps: [{ ...run.steps[0], attempt: 3 }] }]);
    kept.mockResolvedValue('second try\n');
    expect(await read(source, { ...named, attempt: 2 })).toBe('second try\n');
    expect(asked).toEqual([]);
    kept.mockResolvedValue(undefined);
    await expect(read(source, { ...named, attempt: 1 })).rejects.toThrow('and of attempt 1 none was kept');
    expect(await read(source, { ...named, attempt: 3 })).toBe('one\ntwo\n');
  });

  it('is read of a step of which nothing else is known any more', async () => {
    const { source, kept } = aSource([aRun([], 'Succeeded')]);
    kept.mockResolvedValue('kept\n');
    expect(await read(source, named)).toBe('kept\n');
    kept.mockResolvedValue(undefined);
    await expect(read(source, named)).rejects.toThrow('was not started, so there is no log');
  });
});
