import { fieldValue, MissingSource, resourceValue, type KeyedData, type Sources } from './sources';
import type { DownwardItem, KeyToPath, Pod, ProjectionSource, Volume } from './types';

export const SUPPORTED_VOLUMES = 'configMap, downwardAPI, emptyDir, projected and secret';
const DEFAULT_MODE = 0o644;

/** The pod asks for what this cluster does not have; waiting does not help. */
export class UnsupportedVolume extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsupportedVolume';
  }
}

export interface VolumeFile {
  /** Relative to the volume, without `..`. */
  path: string;
  content: Buffer;
  mode: number;
}

/** What stands in a volume when the pod starts. */
export type VolumePlan =
  | { kind: 'files'; files: VolumeFile[] }
  | { kind: 'empty' }
  | { kind: 'host'; path: string };

function checkPath(volume: string, path: string): string {
  const parts = path.split('/');
  if (path.startsWith('/') || parts.includes('..') || path === '') {
    throw new UnsupportedVolume(`volume "${volume}": the path "${path}" must be relative and must not contain ".."`);
  }
  return path;
}

interface KeyedSource {
  kind: 'secret' | 'configmap';
  name: string;
  data: KeyedData | undefined;
  items?: KeyToPath[];
  optional?: boolean;
}

function keyedFiles(volume: string, source: KeyedSource, mode: number): VolumeFile[] {
  const { kind, name, data, items, optional } = source;
  if (!data) {
    if (optional) {
      return [];
    }
    throw new MissingSource(`${kind} "${name}" not found`);
  }
  if (!items?.length) {
    return [...data].map(([key, content]) => ({ path: key, content, mode }));
  }
  return items.flatMap(item => {
    const content = data.get(item.key);
    if (!content && !optional) {
      throw new MissingSource(`references non-existent ${kind === 'secret' ? 'secret' : 'config'} key: ${item.key}`);
    }
    return content ? [{ path: checkPath(volume, item.path), content, mode: item.mode ?? mode }] : [];
  });
}

function downwardFiles(volume: string, items: DownwardItem[] = [], pod: Pod, mode: number): VolumeFile[] {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  return items.map(item => {
    const text = item.fieldRef
      ? fieldValue(pod, item.fieldRef)
      : resourceValue(containers, undefined, item.resourceFieldRef ?? { resource: '' });
    return { path: checkPath(volume, item.path), content: Buffer.from(text), mode: item.mode ?? mode };
  });
}

function projectionFiles(volume: string, source: ProjectionSource, pod: Pod, sources: Sources, mode: number): VolumeFile[] {
  if (source.secret) {
    const name = source.secret.name ?? '';
    return keyedFiles(volume, { kind: 'secret', name, data: sources.secret(name), ...pick(source.secret) }, mode);
  }
  if (source.configMap) {
    const name = source.configMap.name ?? '';
    return keyedFiles(volume, { kind: 'configmap', name, data: sources.configMap(name), ...pick(source.configMap) }, mode);
  }
  if (source.downwardAPI) {
    return downwardFiles(volume, source.downwardAPI.items, pod, mode);
  }
  if (source.serviceAccountToken) {
    const { path, ...request } = source.serviceAccountToken;
    return [{ path: checkPath(volume, path), content: Buffer.from(sources.token(request)), mode }];
  }
  throw new UnsupportedVolume(`volume "${volume}": the projected source ${Object.keys(source).join(', ')} is not supported by the local cluster; supported are configMap, downwardAPI, secret and serviceAccountToken`);
}

function pick({ items, optional }: { items?: KeyToPath[]; optional?: boolean }): { items?: KeyToPath[]; optional?: boolean } {
  return { items, optional };
}

/**
 * What a volume of a pod holds. Throws {@link MissingSource} for what is named and not there (yet), and
 * {@link UnsupportedVolume} for what this cluster does not offer.
 */
export function planVolume(volume: Volume, pod: Pod, sources: Sources, options: { allowHostPath: boolean }): VolumePlan {
  const { name } = volume;
  if (volume.emptyDir) {
    return { kind: 'empty' };
  }
  if (volume.secret) {
    const secret = volume.secret.secretName ?? '';
    return { kind: 'files', files: keyedFiles(name, { kind: 'secret', name: secret, data: sources.secret(secret), ...pick(volume.secret) }, volume.secret.defaultMode ?? DEFAULT_MODE) };
  }
  if (volume.configMap) {
    const map = volume.configMap.name ?? '';
    return { kind: 'files', files: keyedFiles(name, { kind: 'configmap', name: map, data: sources.configMap(map), ...pick(volume.configMap) }, volume.configMap.defaultMode ?? DEFAULT_MODE) };
  }
  if (volume.downwardAPI) {
    return { kind: 'files', files: downwardFiles(name, volume.downwardAPI.items, pod, volume.downwardAPI.defaultMode ?? DEFAULT_MODE) };
  }
  if (volume.projected) {
    const mode = volume.projected.defaultMode ?? DEFAULT_MODE;
    return { kind: 'files', files: (volume.projected.sources ?? []).flatMap(source => projectionFiles(name, source, pod, sources, mode)) };
  }
  if (volume.hostPath) {
    if (options.allowHostPath) {
      return { kind: 'host', path: volume.hostPath.path };
    }
    throw new UnsupportedVolume(`volume "${name}": hostPath volumes are switched off in the local cluster (start it with allowHostPath to have them); supported are ${SUPPORTED_VOLUMES}`);
  }
  const kind = Object.keys(volume).find(key => key !== 'name') ?? 'nothing';
  throw kind === 'nothing'
    ? new UnsupportedVolume(`volume "${name}" says nothing of what it is; supported are ${SUPPORTED_VOLUMES}`)
    : new UnsupportedVolume(`volume "${name}": ${kind} volumes are not supported by the local cluster; supported are ${SUPPORTED_VOLUMES}`);
}
