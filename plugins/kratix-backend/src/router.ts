import type { AuditorService, HttpAuthService } from '@backstage/backend-plugin-api';
import express from 'express';
import Router from 'express-promise-router';
import { readRoutes } from './routes/readRoutes';
import { writeRoutes } from './routes/writeRoutes';
import type { Authorizer } from './service/Authorizer';
import type { RequestService } from './service/RequestService';
import type { RequestWrites } from './service/RequestWrites';

export interface RouterOptions {
  service: RequestService;
  writes: RequestWrites;
  authorizer: Authorizer;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
}

/** An API server takes no larger objects either. */
const BODY_LIMIT = '1mb';

/** Maps HTTP to the service. Every route asks the permission framework for its caller first. */
export function createRouter({ service, writes, authorizer, httpAuth, auditor }: RouterOptions): express.Router {
  const router = Router();
  router.use(express.json({ limit: BODY_LIMIT }));
  readRoutes(router, { service, authorizer, httpAuth });
  writeRoutes(router, { writes, authorizer, httpAuth, auditor });
  return router;
}
