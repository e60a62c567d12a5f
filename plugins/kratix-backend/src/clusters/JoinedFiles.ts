import { packedSize, type FileSource, type PartSource, type PlacementSource, type WorkSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { joinFiles } from '@kratix-ts/core/wire';

type Find = (namespace: string, name: string) => WorkSource | undefined;

/**
 * Files that are more than one object holds lie in pieces in further Works. Lists get their paths and sizes; the content
 * is put together when somebody reads a file.
 */
export class JoinedFiles {
  /** List of pieces of a Work or placement -> group -> paths and sizes. Objects of the cache never change. */
  private readonly listed = new WeakMap<PartSource[], Map<string, FileSource[]>>();

  constructor(private readonly find: Find) {}

  work(work: WorkSource): WorkSource {
    const { parts, workloadGroups = [] } = work.spec ?? {};
    if (!parts?.length) return work;
    const groups = workloadGroups.map(group => ({ ...group, workloads: this.list(work, parts, group.id ?? '') }));
    return { ...work, spec: { ...work.spec, workloadGroups: groups } };
  }

  placement(placement: PlacementSource): PlacementSource {
    const { parts, id = '' } = placement.spec ?? {};
    if (!parts?.length) return placement;
    return { ...placement, spec: { ...placement.spec, workloads: this.list(placement, parts, id) } };
  }

  /** The files of a placement with their content; those of pieces that are missing are missing too. */
  content(placement: PlacementSource): FileSource[] {
    const { parts, id = '', workloads = [] } = placement.spec ?? {};
    return parts?.length ? this.join(placement, parts, id) ?? [] : workloads;
  }

  /** The files of a Work with their content, all groups together. */
  contentOfWork(work: WorkSource): FileSource[] {
    const { parts, workloadGroups = [] } = work.spec ?? {};
    return workloadGroups.flatMap(({ id = '', workloads = [] }) => (parts?.length ? this.join(work, parts, id) ?? [] : workloads));
  }

  private list(of: { metadata: { namespace?: string } }, parts: PartSource[], group: string): FileSource[] {
    const known = this.listed.get(parts)?.get(group);
    if (known) return known;
    const files = this.join(of, parts, group);
    const listed = files?.map(({ filepath, content }) => ({ filepath, size: packedSize(content) }));
    if (listed) this.listed.set(parts, (this.listed.get(parts) ?? new Map<string, FileSource[]>()).set(group, listed));
    return listed ?? [];
  }

  private join({ metadata }: { metadata: { namespace?: string } }, parts: PartSource[], group: string): FileSource[] | undefined {
    const pieces = parts.map(({ name }) => this.find(metadata.namespace ?? '', name)?.spec?.part?.piece);
    return pieces.every((piece): piece is string => piece !== undefined) ? joinFiles(pieces, group) : undefined;
  }
}
