import express from 'express';
import Router from 'express-promise-router';
import type { CallerOf } from './routes/caller';
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
  callerOf: CallerOf;
  show: ShowRequest;
}

/** An API server takes no larger objects either. */
const BODY_LIMIT = '1mb';

/** Maps HTTP to the service. Every route asks the permission framework for its caller first. */
export function createRouter({ service, platform, commands, authorizer, callerOf, show }: RouterOptions): express.Router {
  const router = Router();
  const document = loadDocument();
  router.use(checkQuery(document), express.json({ limit: BODY_LIMIT }));
  router.get('/v1/openapi.json', (_, response) => void response.json(document.content));
  platformRoutes(router, { platform, authorizer, callerOf });
  readRoutes(router, { service, authorizer, callerOf, show });
  writeRoutes(router, { commands, callerOf, show });
  return router;
}
