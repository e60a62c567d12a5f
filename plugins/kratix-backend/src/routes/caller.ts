import type { BackstageCredentials, HttpAuthService } from '@backstage/backend-plugin-api';
import type { Request } from 'express';

/** Who makes a call. Rejects where nobody says so. */
export type CallerOf = (request: Request) => Promise<BackstageCredentials>;

/** Users and services may call; what each may do is decided afterwards. */
export function callersBy(httpAuth: HttpAuthService): CallerOf {
  return request => httpAuth.credentials(request, { allow: ['user', 'service'] });
}
