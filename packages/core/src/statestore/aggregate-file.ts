import { documentsOf } from './documents';
import { cleanDirectory } from './layout';
import { keyOfPlaced, type DeliveryTarget, type PlacedFiles } from './placed-files';
import { StoreError, type ChangeOrigin, type StoreChange, type StoreVersion } from './store';

interface Part {
  revision: string;
  texts: string[];
  /** Why not all of the placement is in the file. */
  problem: StoreError | undefined;
}

interface Waiting {
  placed: PlacedFiles;
  resolve(version: StoreVersion): void;
  reject(error: unknown): void;
}

const SEPARATOR = '\n---\n';
const byName = (a: PlacedFiles, b: PlacedFiles) => (a.name === b.name && a.namespace < b.namespace) || a.name < b.name ? -1 : 1;

/**
 * Mode aggregatedYAML: one file with the documents of all placements of a Destination. Each placement is read once for
 * each of its revisions, and what comes while the file is on its way goes out together with the next one. Source: B-SS-32.
 */
export class AggregateFile {
  private readonly parts = new Map<string, Part>();
  private waiting: Waiting[] = [];
  private target: DeliveryTarget;
  private running: Promise<void> | undefined;

  constructor(target: DeliveryTarget) {
    this.target = target;
  }

  /** Settles when the file is in the store; throws when something of this placement is not in it. */
  deliver(target: DeliveryTarget, placed: PlacedFiles): Promise<StoreVersion> {
    this.target = target;
    return new Promise((resolve, reject) => {
      this.waiting.push({ placed, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** What the whole file should be. */
  change(target: DeliveryTarget, origin: ChangeOrigin): StoreChange {
    const path = [cleanDirectory(target.path, 'Destination spec.path'), fileName(target.filename)].filter(part => part !== '').join('/');
    const staying = target.placements().filter(each => !each.isLeaving).sort(byName);
    const texts = staying.flatMap(each => this.partOf(each).texts);
    this.forget(staying);
    if (texts.length === 0) return { ...origin, owns: null, put: new Map(), remove: [path] };
    return { ...origin, owns: null, put: new Map([[path, texts.join(SEPARATOR)]]), remove: [] };
  }

  private async run(): Promise<void> {
    // what is asked for in one go belongs into one file
    await new Promise(resolve => {
      setImmediate(resolve);
    });
    for (let batch = this.take(); batch.length > 0; batch = this.take()) await this.flush(batch);
    this.running = undefined;
  }

  private take(): Waiting[] {
    return this.waiting.splice(0);
  }

  private async flush(batch: Waiting[]): Promise<void> {
    try {
      const version = await this.target.store.submit(this.change(this.target, originOf(batch, this.target)));
      for (const { placed, resolve, reject } of batch) {
        const problem = placed.isLeaving ? undefined : this.partOf(placed).problem;
        if (problem) reject(problem);
        else resolve(version);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  private partOf(placed: PlacedFiles): Part {
    const key = keyOfPlaced(placed);
    const known = this.parts.get(key);
    if (known?.revision === placed.revision) return known;
    const part = { revision: placed.revision, ...read(placed) };
    this.parts.set(key, part);
    return part;
  }

  private forget(staying: readonly PlacedFiles[]): void {
    if (this.parts.size <= staying.length) return;
    const keys = new Set(staying.map(keyOfPlaced));
    for (const key of this.parts.keys()) if (!keys.has(key)) this.parts.delete(key);
  }
}

/** What is bad in one placement must not keep out the rest. */
function read(placed: PlacedFiles): Pick<Part, 'texts' | 'problem'> {
  try {
    const all = placed.files().map(([path, content]) => documentsOf(path, content));
    const problems = all.flatMap(({ problems: some }) => some);
    const words = `${problems.join('; ')}; mode aggregatedYAML puts Kubernetes objects into one file, and these are left out of it`;
    return { texts: all.flatMap(({ text }) => text ?? []), problem: problems.length ? new StoreError('InvalidContent', words) : undefined };
  } catch (error) {
    return { texts: [], problem: error instanceof StoreError ? error : new StoreError('InvalidContent', (error as Error).message) };
  }
}

function fileName(name: string): string {
  if (name.includes('/')) throw new StoreError('InvalidSpec', `Destination spec.filepath.filename: ${JSON.stringify(name)} is a path; name a file, such as aggregated.yaml`);
  return cleanDirectory(name, 'Destination spec.filepath.filename');
}

function originOf(batch: Waiting[], target: DeliveryTarget): ChangeOrigin {
  const [first] = batch;
  return first && batch.length === 1 ? first.placed.origin : { id: `${batch.length} placements of ${target.path}` };
}
