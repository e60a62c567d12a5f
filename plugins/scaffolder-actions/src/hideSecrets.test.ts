import { mockServices } from '@backstage/backend-test-utils';
import type { KubeClient } from '@kratix-ts/core/kube';
import { secretHider } from './hideSecrets';
import { LogTail } from './LogTail';

const password = { type: 'string', format: 'password' };
const specSchema = { type: 'object', properties: { password, token: password, size: { type: 'string' } } };
const hide = secretHider({ specSchema }, { password: 'hunter2', token: 'hunter2-and-more', size: 'small' });

it('takes the secrets of a spec out of a text, the longer before its part', () => {
  expect(hide('hunter2-and-more, hunter2 and small')).toBe('(hidden), (hidden) and small');
  expect(secretHider({ specSchema }, { password: 'a' })('a banana')).toBe('a banana');
  expect(secretHider({ specSchema: undefined }, { password: 'hunter2' })('hunter2')).toBe('hunter2');
});

it('keeps what a container prints of them out of the log of the task, and out of the error that quotes it', async () => {
  const lines: string[] = [];
  const logger = mockServices.logger.mock({ info: line => void lines.push(line) });
  const client: Pick<KubeClient, 'logs'> = {
    async *logs() {
      yield 'password is hun';
      yield 'ter2\n';
    },
  };
  const tail = new LogTail(client as KubeClient, logger, new AbortController().signal, hide);
  const container = { name: 'act', helper: false, phase: 'Succeeded' as const };
  const step = { name: 'do', phase: 'Succeeded' as const, attempt: 1, containers: [container], pod: { namespace: 'default', name: 'pod-1' } };
  tail.follow({ id: 'run-1', action: 'configure', type: 'resource', trigger: 'created', phase: 'Succeeded', steps: [step] });
  await tail.drained();
  expect(lines).toEqual(['[do/act] password is (hidden)']);
  expect(tail.lastLines).toEqual(['password is (hidden)']);
});
