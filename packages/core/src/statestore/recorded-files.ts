import { parseYaml } from '../kube/yaml';
import { pathSetProblem } from '../wire/safe-path';
import { canaryFiles, cleanDirectory } from './layout';
import type { DeliveryTarget, PlacedFiles } from './placed-files';
import { StoreError, type StoreChange, type StoreVersion } from './store';

/*
 * Mode none: files stand in the Destination's directory under their own names, and each placement has a state file that
 * lists its own. Source: B-SS-31.
 */

const FOLDER = '.kratix';
const SUFFIX = '.yaml';

/** A text that YAML takes for nothing but a text. */
const PLAIN = /^[A-Za-z_./][A-Za-z0-9_./+-]*$/u;
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|~|\.inf|\.nan|[.+-]*)$/iu;
const scalar = (text: string) => (PLAIN.test(text) && !WORDS.test(text) ? text : JSON.stringify(text));

/** The state file of a placement as Kratix writes it. Source: B-GEN-16, B-SS-31. */
export function stateFile(paths: Iterable<string>): string {
  const lines = [...paths].map(path => `- ${scalar(path)}\n`);
  return lines.length ? `files:\n${lines.join('')}` : 'files: []\n';
}

/** The paths that a state file lists; entries of old versions, which lack the Destination's directory, get it. An unreadable file lists nothing. */
export function parseStateFile(text: string, directory: string): string[] {
  let listed: unknown;
  try {
    listed = (parseYaml(text) as { files?: unknown } | undefined)?.files;
  } catch {
    return [];
  }
  const prefix = directory === '' ? '' : `${directory}/`;
  const paths = Array.isArray(listed) ? listed.filter(path => typeof path === 'string') : [];
  return paths.map(path => (path.startsWith(prefix) ? path : `${prefix}${path}`));
}

/** Which placement owns which file of one directory. */
class FileLedger {
  private readonly owners = new Map<string, string>();
  private readonly files = new Map<string, Set<string>>();

  /** Where two list one path, the one whose name comes first owns it. */
  constructor(private readonly directory: string, stateFiles: ReadonlyMap<string, string>) {
    for (const path of canaryFiles(directory, 'none').keys()) this.owners.set(path, 'Destination');
    for (const name of [...stateFiles.keys()].filter(each => each.endsWith(SUFFIX)).sort()) {
      this.claim(name.slice(0, -SUFFIX.length), parseStateFile(stateFiles.get(name) ?? '', directory));
    }
  }

  claim(owner: string, paths: Iterable<string>): void {
    this.files.set(owner, new Set(paths));
    for (const path of paths) if (!this.owners.has(path)) this.owners.set(path, owner);
  }

  ownerOf(path: string): string | undefined {
    return this.owners.get(path);
  }

  /** What the owner's state file lists and nobody else owns. */
  ownedBy(owner: string): string[] {
    return [...(this.files.get(owner) ?? [])].filter(path => this.owners.get(path) === owner);
  }

  has(owner: string): boolean {
    return this.files.has(owner);
  }

  /** From now on the owner has these files and no other. */
  settle(owner: string, paths: ReadonlySet<string>): void {
    for (const path of this.ownedBy(owner)) if (!paths.has(path)) this.owners.delete(path);
    if (paths.size === 0) this.files.delete(owner);
    else this.files.set(owner, new Set(paths));
  }

  /** Its owner has no placement any more. */
  abandon(path: string): void {
    this.owners.delete(path);
  }

  stateFileOf(owner: string): string {
    return [this.directory, FOLDER, `${owner}${SUFFIX}`].filter(part => part !== '').join('/');
  }
}

const ownerName = ({ namespace, name }: Pick<PlacedFiles, 'namespace' | 'name'>) => `${namespace}-${name}`;

/** The directory of one Destination in mode none. Two placements never share a file (Q-41). */
export class RecordedFiles {
  private ledger: Promise<FileLedger> | undefined;
  private readonly directory: string;

  constructor(target: Pick<DeliveryTarget, 'path'>) {
    this.directory = cleanDirectory(target.path, 'Destination spec.path');
  }

  async deliver(target: DeliveryTarget, placed: PlacedFiles): Promise<StoreVersion> {
    const ledger = await this.open(target);
    const change = this.plan(ledger, target, placed);
    const owner = ownerName(placed);
    // owned before they are there: nobody may take them meanwhile
    ledger.claim(owner, new Set([...ledger.ownedBy(owner), ...change.put.keys()]));
    const version = await target.store.submit(change);
    ledger.settle(owner, new Set(change.put.keys()));
    return version;
  }

  async withdraw(target: DeliveryTarget, placed: PlacedFiles): Promise<StoreVersion> {
    const ledger = await this.open(target);
    const owner = ownerName(placed);
    // a state file that is missing heals: what the placement would have written is its own unless somebody else's (Q-39)
    const listed = ledger.has(owner) ? ledger.ownedBy(owner) : this.wanted(placed).filter(path => (ledger.ownerOf(path) ?? owner) === owner);
    const record = { path: ledger.stateFileOf(owner), during: stateFile(listed), after: null };
    const version = await target.store.submit({ ...placed.origin, owns: null, put: new Map(), remove: listed, record });
    ledger.settle(owner, new Set());
    return version;
  }

  /** What the placement's files should be in the store. */
  async change(target: DeliveryTarget, placed: PlacedFiles): Promise<StoreChange> {
    return this.plan(await this.open(target), target, placed);
  }

  private plan(ledger: FileLedger, target: DeliveryTarget, placed: PlacedFiles): StoreChange {
    const owner = ownerName(placed);
    const paths = this.wanted(placed);
    const problem = this.problemOf(paths) ?? this.clash(ledger, target, owner, paths);
    if (problem) throw problem;
    const contents = placed.files();
    const put = new Map(paths.map((path, index) => [path, contents[index]?.[1] ?? new Uint8Array()]));
    const remove = ledger.ownedBy(owner).filter(path => !put.has(path));
    const record = { path: ledger.stateFileOf(owner), during: stateFile([...paths, ...remove]), after: stateFile(paths) };
    return { ...placed.origin, owns: null, put, remove, record };
  }

  private problemOf(paths: string[]): StoreError | undefined {
    const reserved = [this.directory, FOLDER].filter(part => part !== '').join('/');
    const bad = paths.find(path => path === reserved || path.startsWith(`${reserved}/`));
    if (bad !== undefined) return new StoreError('InvalidPath', `${JSON.stringify(bad)} stands where Destinations of mode none keep their state files; write it elsewhere`);
    const problem = pathSetProblem(paths);
    return problem === undefined ? undefined : new StoreError('InvalidPath', problem);
  }

  private clash(ledger: FileLedger, target: DeliveryTarget, owner: string, paths: string[]): StoreError | undefined {
    for (const path of paths) {
      const other = ledger.ownerOf(path);
      if (other === undefined || other === owner) continue;
      if (other !== 'Destination' && !target.placements().some(each => ownerName(each) === other)) ledger.abandon(path);
      else return new StoreError('PathConflict', `file ${JSON.stringify(path)} belongs to ${other === 'Destination' ? 'the Destination itself' : `placement "${other}"`}, and placement "${owner}" wants it, too; let one of them write another path`);
    }
    return undefined;
  }

  private wanted(placed: PlacedFiles): string[] {
    return placed.paths().map(path => (this.directory === '' ? path : `${this.directory}/${path}`));
  }

  /** Reads the state files once; a store that cannot be read is asked again the next time. */
  private open({ store }: DeliveryTarget): Promise<FileLedger> {
    this.ledger ??= store.read([this.directory, FOLDER].filter(part => part !== '').join('/')).then(files => new FileLedger(this.directory, files));
    this.ledger.catch(() => {
      this.ledger = undefined;
    });
    return this.ledger;
  }
}

