import type { HttpAuthService } from '@backstage/backend-plugin-api';
import express from 'express';
import Router from 'express-promise-router';
import { platformRoutes } from './routes/platformRoutes';
import { readRoutes } from './routes/readRoutes';
import type { ShowRequest } from './routes/showRequest';
import { writeRoutes } from './routes/writeRoutes';
import { checkQuery } from './schema/checkQuery';
import { loadDocument } from './schema/document';
import type { Authorizer } from './service/Authorizer';
import type { PlatformService } from './service/PlatformService';
import type { RequestCommands } from './service/RequestCommands';
import type { RequestService } from './service/RequestService';

export interface RouterOptions {
  service: RequestService;
  platform: PlatformService;
  commands: RequestCommands;
  authorizer: Authorizer;
  httpAuth: HttpAuthService;
  show: ShowRequest;
}

/** An API server takes no larger objects either. */
const BODY_LIMIT = '1mb';

/** Maps HTTP to the service. Every route asks the permission framework for its caller first. */
export function createRouter({ service, platform, commands, authorizer, httpAuth, show }: RouterOptions): express.Router {
  const router = Router();
  const document = loadDocument();
  router.use(checkQuery(document), express.json({ limit: BODY_LIMIT }));
  router.get('/v1/openapi.json', (_, response) => void response.json(document.content));
  platformRoutes(router, { platform, authorizer, httpAuth });
  readRoutes(router, { service, authorizer, httpAuth, show });
  writeRoutes(router, { commands, httpAuth, show });
  return router;
}
