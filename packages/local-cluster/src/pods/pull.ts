import { InvalidImageName, isLatest, normaliseImageName, type Image } from '../images';
import type { KubeletContext } from './context';
import type { Container } from './types';

/** Why a container cannot start: a waiting reason and message in a kubelet's words. */
export interface ImageProblem {
  reason: 'InvalidImageName' | 'ErrImagePull' | 'ErrImageNeverPull';
  message: string;
}

function policyOf(container: Container): 'Always' | 'IfNotPresent' | 'Never' {
  return container.imagePullPolicy ?? (isLatest(container.image) ? 'Always' : 'IfNotPresent');
}

/** Finds the image of a container in the store, or with the executor where it has images of its own. */
export async function findImage({ images, executor }: Pick<KubeletContext, 'images' | 'executor'>, container: Container): Promise<Image | ImageProblem> {
  const name = container.image;
  try {
    normaliseImageName(name);
  } catch (error) {
    if (error instanceof InvalidImageName) {
      return { reason: 'InvalidImageName', message: `Failed to apply default image tag "${name}": ${error.message}` };
    }
    throw error;
  }
  const stored = await images.resolve(name);
  if (stored) {
    return stored;
  }
  const policy = policyOf(container);
  const mend = `image ${name} is not in the local image store; add it with: kratix-ts image add ${name} (--folder DIR | --archive FILE.tar | --host)`;
  try {
    const found = await executor.findImage?.(name, policy);
    if (found) {
      return found;
    }
  } catch (error) {
    return { reason: 'ErrImagePull', message: `${error instanceof Error ? error.message : String(error)}; ${mend}` };
  }
  return policy === 'Never'
    ? { reason: 'ErrImageNeverPull', message: `Container image "${name}" is not present with pull policy of Never: ${mend}` }
    : { reason: 'ErrImagePull', message: mend };
}

export function isImage(found: Image | ImageProblem): found is Image {
  return 'layers' in found;
}
