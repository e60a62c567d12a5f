import type { Stage } from './support/life';
import { course, each, numbers, walk } from './support/walk';

/* An engine that dies at any of its writes is followed by another one, which ends what was begun. */

const stages: Stage[] = ['create', 'update', 'suspend', 'resume', 'delete'];

describe.each(stages)('killed at every write of %s', stage => {
  it.each(['before', 'after'] as const)(
    'B-CR-1, D60, D70, E77: %s it takes effect',
    async when => {
      const plain = await course(stage);
      await each(numbers(plain.before.writes + 1, plain.after.writes, 7), write => walk(plain, life => life.mortal(proxy => proxy.fail(call => call.write === write, { kill: when }))));
    },
    600_000,
  );
});
