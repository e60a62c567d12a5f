import { mockServices } from '@backstage/backend-test-utils';
import type { ContainerState, Run } from '@kratix-ts/backstage-plugin-kratix-common';
import type { KubeClient } from '@kratix-ts/core/kube';
import { LogTail } from './LogTail';

const container = (name: string, phase: ContainerState['phase'], helper = false): ContainerState => ({ name, helper, phase });

function aRun(...containers: ContainerState[]): Run {
  const pod = { namespace: 'default', name: 'pod-1' };
  const step = { name: 'act', phase: 'Running' as const, attempt: 1, containers, pod };
  return { id: 'one-1', action: 'configure', type: 'resource', trigger: 'created', phase: 'Running', steps: [step] };
}

function aTail(logs: Record<string, string[]>) {
  const lines: string[] = [];
  const asked: string[] = [];
  const logger = mockServices.logger.mock({ info: line => void lines.push(line) });
  const client: Pick<KubeClient, 'logs'> = {
    async *logs(_, options) {
      const name = options?.container ?? '';
      asked.push(name);
      if (!logs[name]) throw new Error('the pod is gone');
      yield* logs[name];
    },
  };
  return { lines, asked, tail: new LogTail(client as KubeClient, logger, new AbortController().signal) };
}

it('writes each container once, whole lines, one container after the other', async () => {
  const { tail, lines, asked } = aTail({ first: ['a\nb', 'c\n', 'end'], second: ['d\n'] });
  tail.follow(aRun(container('first', 'Running'), container('second', 'Waiting')));
  tail.follow(aRun(container('first', 'Succeeded'), container('second', 'Running')));
  await tail.drained();
  expect(lines).toEqual(['[act/first] a', '[act/first] bc', '[act/first] end', '[act/second] d']);
  expect(asked).toEqual(['first', 'second']);
});

it('shows the helper only when it failed, and no terminal sequences', async () => {
  const { tail, lines } = aTail({ user: ['\u001b[31mred\u001b[0m\n'], helper: ['sentence\n'] });
  tail.follow(aRun(container('user', 'Succeeded'), container('helper', 'Running', true)));
  tail.follow(aRun(container('user', 'Succeeded'), container('helper', 'Failed', true)));
  await tail.drained();
  expect(lines).toEqual(['[act/user] red', '[act/helper] sentence']);
});

it('keeps the last lines of the last container, and does not fail for a log that is gone', async () => {
  const { tail } = aTail({ user: ['1\n2\n3\n4\n5\n6\n'] });
  tail.follow(aRun(container('user', 'Succeeded')));
  await tail.drained();
  expect(tail.lastLines).toEqual(['2', '3', '4', '5', '6']);
  tail.follow(aRun(container('user', 'Succeeded'), container('gone', 'Succeeded')));
  await expect(tail.drained()).resolves.toBeUndefined();
});

it('copies no endless talk into the task', async () => {
  const { tail, lines } = aTail({ user: ['x\n'.repeat(5000)] });
  tail.follow(aRun(container('user', 'Succeeded')));
  await tail.drained();
  expect(lines).toHaveLength(2000);
  expect(lines[lines.length - 1]).toContain('the page of the request shows them');
});
