import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gitStateStoreType, type StateStore, type StoreChange } from '@kratix-ts/core';
import { BareRepository, git, startHttpServer, type TestServer } from '@kratix-ts/core/testing';
import { atLeast, atMost, median, type Row } from '../table';
import { otherFiles, placements } from './placements';

const PLACEMENTS = 1_000;
const ROUNDS = 3;
const LONE = 10;
const RACES = 20;
const SETTLED = 10_000;
const NAIVE = 20;

/** One repository on a server of its own, over HTTP. */
interface Place {
  repository: BareRepository;
  server: TestServer;
  url: string;
  cacheDir: string;
}

interface Written {
  /** Milliseconds of the first fetch and of all placements together. */
  fetchMs: number;
  ms: number;
  pushes: number;
}

const mebibytes = (bytes: number) => bytes / 1024 / 1024;
const pushesOf = (server: TestServer) => server.requests.filter(line => line.startsWith('POST') && line.endsWith('git-receive-pack')).length;

async function timed<T>(work: () => Promise<T>): Promise<[ms: number, result: T]> {
  const began = performance.now();
  const result = await work();
  return [performance.now() - began, result];
}

const submitAll = (store: StateStore, changes: StoreChange[]) => Promise.all(changes.map(change => store.submit(change)));

class GitBench {
  private readonly folder = mkdtempSync(join(tmpdir(), 'kratix-ts-stores-'));
  private readonly servers: TestServer[] = [];
  private readonly stores: StateStore[] = [];
  private count = 0;

  async close(): Promise<void> {
    await Promise.all(this.stores.map(store => store.close()));
    await Promise.all(this.servers.map(server => server.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async aPlace(files: number): Promise<Place> {
    this.count += 1;
    const root = join(this.folder, `root-${this.count}`);
    const repository = await BareRepository.create(join(root, 'store.git'));
    if (files > 0) await repository.commitAs('before', otherFiles(files));
    const server = await startHttpServer(root);
    this.servers.push(server);
    return { repository, server, url: `${server.url}/store.git`, cacheDir: join(this.folder, `cache-${this.count}`) };
  }

  private aStore({ url, cacheDir }: Place): StateStore {
    mkdirSync(cacheDir, { recursive: true });
    const store = gitStateStoreType.create({ name: 'bench', spec: { url, insecure: true }, allowLocal: true, cacheDir });
    this.stores.push(store);
    return store;
  }

  /** A thousand placements into a repository of so many files, from a store that is ready. */
  private async write(place: Place): Promise<Written> {
    const store = this.aStore(place);
    const [fetchMs] = await timed(() => store.check());
    const before = pushesOf(place.server);
    const [ms] = await timed(() => submitAll(store, placements(PLACEMENTS)));
    const pushes = pushesOf(place.server) - before;
    await store.close();
    return { fetchMs, ms, pushes };
  }

  /** Into an empty repository, ten thousand and a hundred thousand files, in turn, so that each meets the same machine. */
  async sizes(): Promise<Row[]> {
    await this.write(await this.aPlace(0));
    const [small, middle, large]: Written[][] = [[await this.write(await this.aPlace(0))], [], []];
    const memory = process.memoryUsage().rss;
    for (let round = 0; round < ROUNDS; round += 1) small.push(await this.write(await this.aPlace(0)));
    const grown = mebibytes(process.memoryUsage().rss - memory);
    for (let round = 0; round < ROUNDS; round += 1) {
      small.push(await this.write(await this.aPlace(0)));
      middle.push(await this.write(await this.aPlace(10_000)));
      large.push(await this.write(await this.aPlace(100_000)));
    }
    const medianOf = (runs: Written[], of: keyof Written) => median(runs.map(run => run[of]));
    const against = (runs: Written[]) => medianOf(runs, 'ms') / medianOf(small, 'ms');
    return [
      atMost('git-1000', `${PLACEMENTS} placements of 3 files over HTTP, empty repository: pushes in the server's log`, Math.max(...small.map(({ pushes }) => pushes)), 'pushes', 10),
      atMost('git-1000', `the same: time of each, median of ${small.length} runs`, medianOf(small, 'ms') / PLACEMENTS, 'ms', 5),
      atMost('git-1000', `growth of memory over ${ROUNDS} more runs, each with a store of its own`, grown, 'MiB', 30),
      atMost('git-10k', 'into a repository of 10,000 files: time against the empty one', against(middle), '×', 1.5),
      atMost('git-10k', 'its first fetch, not in the time', medianOf(middle, 'fetchMs'), 'ms', 60_000),
      atMost('git-100k', 'into a repository of 100,000 files: time against the empty one', against(large), '×', 3),
      atMost('git-100k', 'its first fetch, not in the time', medianOf(large, 'fetchMs'), 'ms', 60_000),
    ];
  }

  /** One placement alone, until a second clone has its file. */
  async lone(): Promise<Row[]> {
    const place = await this.aPlace(0);
    const store = this.aStore(place);
    await store.submit(placements(1)[0]);
    const clone = join(this.folder, 'second-clone');
    await git(this.folder, 'clone', '--quiet', place.url, clone);
    const times: number[] = [];
    for (const change of placements(LONE, 1)) {
      const [ms] = await timed(() => store.submit(change));
      times.push(ms);
      await git(clone, 'fetch', '--quiet');
      await git(clone, 'cat-file', '-e', `origin/main:${[...change.put.keys()][0]}`);
    }
    return [atMost('lone', `one placement alone until a second clone can fetch its file, median of ${LONE}`, median(times), 'ms', 250)];
  }

  /** Somebody else pushes twenty times in between. */
  async races(): Promise<Row[]> {
    const waves = async (place: Place, foreign: boolean) => {
      const store = this.aStore(place);
      await store.check();
      const [ms] = await timed(async () => {
        for (let wave = 0; wave < RACES; wave += 1) {
          const mine = submitAll(store, placements(PLACEMENTS / RACES, (wave * PLACEMENTS) / RACES));
          // nobody else means: as much work for the machine, on a branch of no concern
          const theirs = place.repository.commitAs(`foreign ${wave}`, { [`foreign/${wave}`]: `${wave}` }, foreign ? 'main' : 'elsewhere');
          await Promise.all([mine, theirs]);
        }
      });
      await store.close();
      return ms;
    };
    const calm = await waves(await this.aPlace(1_000), false);
    const place = await this.aPlace(1_000);
    const raced = await waves(place, true);
    const files = await place.repository.files();
    const lost = PLACEMENTS * 3 + RACES + 1_000 - files.length + (RACES - (await place.repository.commits()).filter(subject => subject.startsWith('foreign')).length);
    return [
      atMost('races', `${RACES} foreign pushes between ${PLACEMENTS} placements: commits and files lost on either side`, lost, 'lost', 0),
      atMost('races', 'the same: time against nobody else', raced / calm, '×', 2),
    ];
  }

  /** A new process finds everything as it should be. */
  async restart(): Promise<Row[]> {
    const place = await this.aPlace(0);
    const first = this.aStore(place);
    await submitAll(first, placements(SETTLED));
    await first.close();
    const before = pushesOf(place.server);
    const again = this.aStore(place);
    const [fetchMs] = await timed(() => again.check());
    const [ms, outcomes] = await timed(() => Promise.all(placements(SETTLED).map(change => again.compare(change))));
    const different = outcomes.filter(({ differences }) => differences.length > 0).length;
    return [
      atMost('restart', `${SETTLED} settled placements, a new process looks at each file: pushes and differences`, pushesOf(place.server) - before + different, '', 0),
      atMost('restart', 'the same: time', ms / 1_000, 's', 3),
      atMost('restart', 'its first fetch, not in the time', fetchMs, 'ms', 60_000),
    ];
  }

  /** As a script does it: clone, add, commit, push. */
  async naive(): Promise<Row[]> {
    const place = await this.aPlace(10_000);
    const changes = placements(NAIVE);
    const [naiveMs] = await timed(async () => {
      for (const { id, put } of changes) {
        const clone = join(this.folder, 'naive');
        await git(this.folder, 'clone', '--quiet', '--depth=1', place.url, clone);
        for (const [path, content] of put) {
          mkdirSync(dirname(join(clone, path)), { recursive: true });
          writeFileSync(join(clone, path), content);
        }
        await git(clone, 'add', '.');
        await git(clone, 'commit', '--quiet', '-m', `Update from: ${id}`);
        await git(clone, 'push', '--quiet');
        rmSync(clone, { recursive: true });
      }
    });
    const ours = await this.write(await this.aPlace(10_000));
    const [naive, each] = [naiveMs / NAIVE, ours.ms / PLACEMENTS];
    return [atLeast('naive', `clone, add, commit, push into 10,000 files: ${Math.round(naive)} ms each; ours ${each.toFixed(2)} ms each`, naive / each, '×', 50)];
  }
}

/** Figures of the git store, on servers of its own on this machine: all of them, or the parts that are named. */
export async function measureGit(parts: string[] = []): Promise<Row[]> {
  const bench = new GitBench();
  const all = { sizes: () => bench.sizes(), lone: () => bench.lone(), races: () => bench.races(), restart: () => bench.restart(), naive: () => bench.naive() };
  const rows: Row[] = [];
  try {
    for (const [name, measure] of Object.entries(all)) {
      if (parts.length === 0 || parts.includes(name)) rows.push(...(await measure()));
    }
    return rows;
  } finally {
    await bench.close();
  }
}
