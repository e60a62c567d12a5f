import type { RootConfigService } from '@backstage/backend-plugin-api';
import { RateLimit } from './RateLimit';

const CHANGES_PER_MINUTE = 60;
const PREVIEWS_PER_MINUTE = 300;

/** The limits of `kratix.limits`. Throws an Error that names the field when one is no positive number. */
export function rateLimits(config: RootConfigService): { changes: RateLimit; previews: RateLimit } {
  const rate = (field: string, otherwise: number) => {
    const perMinute = config.getOptionalNumber(field) ?? otherwise;
    if (perMinute < 1) throw new Error(`${field} must be at least 1; it is ${perMinute}`);
    return { perMinute };
  };
  return {
    changes: new RateLimit('changes', rate('kratix.limits.changesPerMinute', CHANGES_PER_MINUTE)),
    previews: new RateLimit('previews', rate('kratix.limits.previewsPerMinute', PREVIEWS_PER_MINUTE)),
  };
}
