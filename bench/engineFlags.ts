import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the engine's image starts Node. */
export function engineFlags(): string[] {
  return JSON.parse(readFileSync(join(process.cwd(), 'deploy', 'docker', 'engine-flags.json'), 'utf8'));
}
