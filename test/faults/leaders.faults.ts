import { coreTypes, type KubeObject } from '@kratix-ts/core/kube';
import { SYSTEM_NAMESPACE } from '@kratix-ts/core/wire';
import type { Life, Stage } from './support/life';
import { course, each, numbers, walk } from './support/walk';

/*
 * Two engines. The one that leads freezes at one of its writes; the other takes over; then the first thaws, and what it
 * was about to write arrives late.
 */

type Lease = KubeObject & { spec?: { holderIdentity?: string } };

/** So far are the clocks of the two apart; a pipeline of this life may take twice that time. */
const SKEW = 60_000;
/** So many writes the one that freezes may have under way; they arrive late. */
const UNDER_WAY = 25;

async function freezing(life: Life, write: number) {
  const { world } = life;
  const lease = () => world.list<Lease>(coreTypes.Lease).find(({ metadata }) => metadata.namespace === SYSTEM_NAMESPACE);
  const holder = () => lease()?.spec?.holderIdentity;
  let frozen = () => {};
  const freeze = new Promise<void>(resolve => {
    frozen = resolve;
  });
  const first = await life.engine({ leaderElection: true }, proxy => proxy.fail(call => call.write === write && (frozen(), true), { freeze: true }, 1));
  const leader = await world.until('a leader', holder);
  await life.engine({ leaderElection: true }, undefined, () => new Date(Date.now() + SKEW));
  const follow = async () => {
    await freeze;
    // what is 15 s for real leases is one here
    await world.merge(coreTypes.Lease, lease()?.metadata ?? { name: '' }, { spec: { leaseDurationSeconds: 1 } });
    await world.until('another leader', () => holder() !== leader);
    first.proxy.thaw();
  };
  life.alongside(follow());
}

describe.each(['create', 'update', 'suspend', 'delete'] as Stage[])('the leader freezes at every write of %s', stage => {
  it('B-CR-7, D66: the other one ends what was begun, and nothing runs twice', async () => {
    const plain = await course(stage);
    // until the one that thaws hears of the other, each may do all that was left
    const twice = (write: number) => plain.after.writes - write + UNDER_WAY;
    await each(numbers(Math.max(1, plain.before.writes) + 1, plain.after.writes, 30), write => walk(plain, life => freezing(life, write), twice(write)));
  }, 900_000);
});
