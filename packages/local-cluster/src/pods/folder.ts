import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lstatOrNone, resolveInRoot } from '../images/rootpath';
import type { Mount } from '../executor';
import { expand } from './env';
import { MissingSource, type Sources } from './sources';
import type { Container, Pod, Volume } from './types';
import { planVolume, UnsupportedVolume, type VolumePlan } from './volumes';

/** A volume cannot be made ready; the message is a kubelet's. */
export class MountError extends Error {
  constructor(readonly isLasting: boolean, message: string) {
    super(message);
    this.name = 'MountError';
  }
}

function planOf(volume: Volume, pod: Pod, sources: Sources, options: { allowHostPath: boolean }): VolumePlan {
  try {
    return planVolume(volume, pod, sources, options);
  } catch (error) {
    if (error instanceof MissingSource) {
      throw new MountError(false, `MountVolume.SetUp failed for volume "${volume.name}" : ${error.message}`);
    }
    throw error instanceof UnsupportedVolume ? new MountError(true, error.message) : error;
  }
}

interface MountedVolume {
  source: string;
  isReadOnly: boolean;
}

/** A pod's folder on this machine, and its volumes. All of it goes with the pod. */
export class PodFolder {
  private readonly volumes = new Map<string, MountedVolume>();

  constructor(readonly dir: string) {}

  /** Writes the volumes. May be repeated: what containers left in an emptyDir stays. Throws {@link MountError}. */
  prepare(pod: Pod, sources: Sources, options: { allowHostPath: boolean }): void {
    for (const volume of pod.spec.volumes ?? []) {
      const { fsGroup } = pod.spec.securityContext ?? {};
      const plan = planOf(volume, pod, sources, options);
      this.volumes.set(volume.name, { source: this.place(volume.name, plan, fsGroup), isReadOnly: plan.kind === 'files' });
    }
  }

  /** What a container sees where. Throws {@link UnsupportedVolume} for a path that leaves its volume. */
  mounts(container: Container, env: Record<string, string>): Mount[] {
    return (container.volumeMounts ?? []).map(mount => {
      const volume = this.volumes.get(mount.name);
      if (!volume) {
        throw new UnsupportedVolume(`container "${container.name}" mounts the volume "${mount.name}", which the pod does not have`);
      }
      const subPath = mount.subPathExpr ? expand(mount.subPathExpr, env) : mount.subPath;
      const source = subPath ? this.subPath(volume, mount.name, subPath) : volume.source;
      return { source, target: path.posix.resolve('/', mount.mountPath), readOnly: volume.isReadOnly || Boolean(mount.readOnly) };
    });
  }

  /** An empty file for the message that a container may leave. */
  messageFile(container: string, restart: number): string {
    const file = path.join(this.dir, 'messages', `${container}-${restart}`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '');
    chmodSync(file, 0o666);
    return file;
  }

  /** An empty folder for one run of a container. */
  containerFolder(container: string, restart: number): string {
    const folder = path.join(this.dir, 'containers', `${container}-${restart}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  private place(name: string, plan: VolumePlan, fsGroup: number | undefined): string {
    if (plan.kind === 'host') {
      return plan.path;
    }
    const folder = path.join(this.dir, 'volumes', name);
    mkdirSync(folder, { recursive: true });
    if (plan.kind === 'empty') {
      chmodSync(folder, fsGroup === undefined ? 0o777 : 0o2777);
      if (fsGroup !== undefined && process.getuid?.() === 0) {
        chownSync(folder, 0, fsGroup);
      }
      return folder;
    }
    for (const { path: file, content, mode } of plan.files) {
      const target = path.join(folder, file);
      mkdirSync(path.dirname(target), { recursive: true });
      rmSync(target, { recursive: true, force: true });
      writeFileSync(target, content, { mode: 0o600 });
      chmodSync(target, fsGroup === undefined ? mode : mode | 0o040);
      if (fsGroup !== undefined && process.getuid?.() === 0) {
        chownSync(target, 0, fsGroup);
      }
    }
    return folder;
  }

  private subPath(volume: MountedVolume, name: string, subPath: string): string {
    if (subPath.startsWith('/') || subPath.split('/').includes('..')) {
      throw new UnsupportedVolume(`volume "${name}": the subPath "${subPath}" must be relative and must not contain ".."`);
    }
    const source = resolveInRoot(volume.source, subPath);
    if (!lstatOrNone(source) && !volume.isReadOnly) {
      mkdirSync(source, { recursive: true });
      chmodSync(source, 0o777);
    }
    if (!existsSync(source)) {
      throw new UnsupportedVolume(`volume "${name}" has no "${subPath}"`);
    }
    return source;
  }
}
