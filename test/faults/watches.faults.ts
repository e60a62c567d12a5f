import type { ProxiedCall } from '@kratix-ts/core/testing';
import { Life, request, requestType, type Stage } from './support/life';
import type { EngineProcess } from './support/world';
import { course, each, numbers, walk } from './support/walk';

/* What watches bring may be missing, late, or come from the past: reads are never the last word. */

const stages: Stage[] = ['create', 'update', 'suspend', 'resume', 'delete'];

/** The engine does not learn of the n-th event, nor of what comes soon after it, before its watch is opened anew. */
async function withGap(life: Life, line: number) {
  let count = 0;
  const prepare: Parameters<Life['engine']>[1] = proxy =>
    proxy.missEvents(({ type }) => {
      if (type !== 'BOOKMARK') count += 1;
      return count === line;
    }, 40);
  await life.engine({}, prepare);
}

const urlOf = ({ path, query }: ProxiedCall) => `${path}?${query}`;

/** What the lists that an engine has asked for hold now. */
function listsOf({ world }: Life, { proxy }: EngineProcess): Promise<[string, unknown][]> {
  const lists = new Map(proxy.calls.filter(({ verb, resource }) => verb === 'list' && resource).map(call => [urlOf(call), call]));
  return Promise.all([...lists].map(async ([url, { path, query }]): Promise<[string, unknown]> => [url, await world.kube.request('GET', path, { query: Object.fromEntries(query) })]));
}

describe.each(stages)('%s', stage => {
  it('D61: each event of a watch is missed once', async () => {
    const plain = await course(stage);
    await each(numbers(plain.before.lines + 1, plain.after.lines, 12), line => walk(plain, life => withGap(life, line)));
  }, 600_000);

  it.each([1, 3, 10])('D62: what is read is %i events old', async lines => {
    const plain = await course(stage);
    await walk(plain, async life => void (await life.engine({}, proxy => proxy.lagWatches({ lines, idleMs: 60 }))));
  });

  it('D62: watches bring everything late', async () => {
    const plain = await course(stage);
    await walk(plain, async life => void (await life.engine({}, proxy => proxy.delayWatches(150))));
  });

  it('D62: an engine that starts is shown lists from before', async () => {
    const plain = await course(stage);
    await walk(plain, async life => {
      const first = await life.engine();
      await first.started;
      return () => {
        const old = listsOf(life, first);
        setTimeout(async () => {
          await first.kill();
          const lists = await old;
          const prepare: Parameters<Life['engine']>[1] = proxy => lists.forEach(([url, answer]) => proxy.fail(call => call.verb === 'list' && urlOf(call) === url, { answer }, 1));
          await life.engine({}, prepare);
        }, 100);
      };
    });
  });

  it('D65: watches end every 1.5 s (instead of 5), and their place is forgotten at first', async () => {
    const plain = await course(stage);
    await walk(plain, async life => {
      const { proxy } = await life.engine();
      let isForgotten = false;
      const timer = setInterval(() => {
        if (isForgotten) proxy.cutWatches('end');
        else proxy.expireWatches();
        isForgotten = true;
      }, 1_500).unref();
      life.atEnd(() => clearInterval(timer));
    });
  });

  it('D65: the API server is away for a while in the middle (1 s instead of 10 min)', async () => {
    const plain = await course(stage);
    await walk(plain, async life => {
      const { proxy, started } = await life.engine();
      await started;
      return () => {
        setTimeout(() => proxy.down(), 30);
        setTimeout(() => proxy.heal(), 1_000);
      };
    }, 40);
  });
});

it('D62: an engine that starts and sees a suspended request from before it was does not let it go on', async () => {
  const plain = await course('suspend');
  const life = await Life.begin();
  try {
    const first = await life.engine();
    await life.live('create');
    await life.settledAs(plain.before);
    const old = (await listsOf(life, first)).filter(([url]) => url.includes(`/${requestType.plural}?`));
    expect(old).toHaveLength(1);
    await life.live('suspend');
    await life.settledAs(plain.after);
    await first.kill();
    const [[of, { metadata, items }]] = old as [[string, { metadata: object; items: { metadata: object }[] }]];
    const current = life.world.get(requestType, request);
    // its spec as it is now, so that the mark alone is missing
    const answer = { metadata, items: items.map(item => ({ ...item, spec: current?.spec, metadata: { ...item.metadata, generation: current?.metadata.generation } })) };
    const next = await life.engine({}, proxy => proxy.fail(call => call.verb === 'list' && urlOf(call) === of, { answer }, 1));
    await next.started;
    await life.settled();
    await life.settledAs(plain.after);
  } finally {
    await life.end();
  }
}, 120_000);
