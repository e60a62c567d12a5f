import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllYaml } from '../kube/yaml';
import type { DynamicObject } from '../kube/types';

/** The folder of recorded data that DATA_DIR names, where it is set: tests that need it skip without. */
export const dataDir = process.env.DATA_DIR;

/** Moments of which a cluster of another Kratix engine was recorded. */
export const recordedMoments = ['pending', 'running', 'ready', 'failed', 'suspended', 'retry-after', 'misplaced', 'running-long', 'updating', 'deleting'] as const;

/** Objects recorded at one moment. Throws without DATA_DIR. */
export function recordedObjects(moment: (typeof recordedMoments)[number] | 'platform'): DynamicObject[] {
  const file = join(dataDir ?? '', 'upstream', `${moment}.yaml`);
  return parseAllYaml(readFileSync(file, 'utf8')).flatMap(document => (document as { items: DynamicObject[] }).items);
}
