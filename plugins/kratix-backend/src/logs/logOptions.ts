import type { RootConfigService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';

/** What is kept of logs. */
export interface LogOptions {
  keep: 'database' | 'none';
  maxBytesPerContainer: number;
  maxDays: number;
  maxTotalBytes: number;
}

/** Reads `kratix.logs`. Throws InputError that names the field. */
export function logOptions(config: RootConfigService): LogOptions {
  const logs = config.getOptionalConfig('kratix.logs');
  const keep = logs?.getOptionalString('keep') ?? 'database';
  if (keep !== 'database' && keep !== 'none') throw new InputError(`kratix.logs.keep must be database or none, not ${keep}`);
  const atLeastOne = (name: string, otherwise: number) => {
    const value = logs?.getOptionalNumber(name) ?? otherwise;
    if (!(value >= 1)) throw new InputError(`kratix.logs.${name} must be 1 or more`);
    return value;
  };
  return {
    keep,
    maxBytesPerContainer: atLeastOne('maxBytesPerContainer', 1024 * 1024),
    maxDays: atLeastOne('maxDays', 14),
    maxTotalBytes: atLeastOne('maxTotalBytes', 512 * 1024 * 1024),
  };
}
