import type { FileSource, PlacementSource } from '@kratix-ts/backstage-plugin-kratix-common';

const MAX_BYTES = 32 * 1024 * 1024;

/** Whether two lists of files hold the same; a store of ours packs the same bytes to the same text. */
function isSame(a: FileSource[], b: FileSource[]): boolean {
  return a.length === b.length && a.every(({ filepath, content }, index) => filepath === b[index].filepath && content === b[index].content);
}

const bytesOf = (files: FileSource[]) => files.reduce((sum, { content = '' }) => sum + content.length, 0);

/**
 * What placements held before their last change, as far as it was seen and fits: the cluster keeps the newest files only.
 * The oldest go first.
 */
export class FormerFiles {
  private readonly former = new Map<string, FileSource[]>();
  private bytes = 0;

  constructor(private readonly maxBytes = MAX_BYTES) {}

  /** Files before the last change; undefined where none was seen. */
  of({ metadata }: PlacementSource): FileSource[] | undefined {
    return this.former.get(`${metadata.namespace ?? ''}/${metadata.name}`);
  }

  changed(before: PlacementSource, after: PlacementSource): void {
    const files = before.spec?.workloads ?? [];
    if (files === after.spec?.workloads || files.length === 0 || isSame(files, after.spec?.workloads ?? [])) return;
    const key = `${after.metadata.namespace ?? ''}/${after.metadata.name}`;
    this.drop(key);
    this.former.set(key, files);
    this.bytes += bytesOf(files);
    for (const oldest of this.former.keys()) {
      if (this.bytes <= this.maxBytes) return;
      this.drop(oldest);
    }
  }

  deleted({ metadata }: PlacementSource): void {
    this.drop(`${metadata.namespace ?? ''}/${metadata.name}`);
  }

  private drop(key: string): void {
    this.bytes -= bytesOf(this.former.get(key) ?? []);
    this.former.delete(key);
  }
}
