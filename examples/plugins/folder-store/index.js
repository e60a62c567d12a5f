import { isAbsolute, normalize } from 'node:path';
import { definition, resource } from './crd.js';
import { Folder, storeError } from './folder.js';

/** What would have to be written and removed so that the folder holds what the change asks for. */
async function difference(folder, { owns, put, remove }) {
  const writes = [];
  for (const [path, content] of put) {
    const before = await folder.read(path);
    if (!before || !before.equals(Buffer.from(content))) writes.push({ path, content, was: before ? 'different' : 'missing' });
  }
  const surplus = owns === null ? [] : (await folder.list(owns)).filter(path => !put.has(path));
  const named = [];
  for (const path of remove) if (await folder.read(path)) named.push(path);
  return { writes, removals: [...new Set([...surplus, ...named])] };
}

const told = ({ writes, removals }) => ({
  version: '',
  differences: [...writes.map(({ path, was }) => ({ path, was })), ...removals.map(path => ({ path, was: 'surplus' }))],
});

/** One folder, written to by one change at a time. */
class FolderStore {
  constructor(root) {
    this.folder = new Folder(root);
    this.last = Promise.resolve();
  }

  submit(change) {
    return this.inTurn(async () => {
      const found = await difference(this.folder, change);
      const { record } = change;
      if (record && (found.writes.length > 0 || found.removals.length > 0)) await this.folder.write(record.path, record.during);
      for (const { path, content } of found.writes) await this.folder.write(path, content);
      for (const path of found.removals) await this.folder.remove(path);
      if (record?.after === null) await this.folder.remove(record.path);
      else if (record) await this.folder.write(record.path, record.after);
      return told(found);
    });
  }

  compare(change) {
    return this.inTurn(async () => told(await difference(this.folder, change)));
  }

  async read(directory) {
    const paths = (await this.folder.list(directory)).filter(path => !path.slice(directory.length).replace(/^\//, '').includes('/'));
    const files = await Promise.all(paths.map(async path => [path.split('/').at(-1), String(await this.folder.read(path))]));
    return new Map(files);
  }

  async check() {
    try {
      await this.folder.write('.writable', '');
      await this.folder.remove('.writable');
    } catch (error) {
      throw storeError('Rejected', `${this.folder.root} cannot be written to: ${error.message}`);
    }
  }

  /** Nothing is kept that could be out of date. */
  async refetch() {}

  async close() {
    await this.last;
  }

  inTurn(work) {
    const mine = this.last.then(work);
    this.last = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }
}

/** Brings the kind FolderStateStore. */
export default {
  name: 'folder-store',
  stateStores: [
    {
      kind: resource.kind,
      resource,
      definition,
      create({ name, spec }) {
        if (!spec?.folder || !isAbsolute(spec.folder)) throw storeError('InvalidSpec', `${resource.kind} "${name}": spec.folder must be an absolute path, is ${JSON.stringify(spec?.folder)}`);
        return new FolderStore(normalize(spec.folder).replace(/\/+$/, ''));
      },
    },
  ],
};
