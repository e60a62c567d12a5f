import type { AuditorService, HttpAuthService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import {
  kratixLogReadPermission,
  kratixPromiseReadPermission,
  kratixRequestReadPermission,
} from '@kratix-ts/backstage-plugin-kratix-common';
import express, { type Request } from 'express';
import Router from 'express-promise-router';
import { idOf, REQUEST, text } from './routes/requestRoute';
import { writeRoutes } from './routes/writeRoutes';
import { sendStream } from './sendStream';
import type { Authorizer } from './service/Authorizer';
import type { RequestId } from './service/RequestLocator';
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

function lines(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,6}$/.test(value)) throw new InputError('Query parameter "tail" must be a number of lines');
  return Number(value);
}

/** Maps HTTP to the service. Every route asks the permission framework for its caller first. */
export function createRouter({ service, writes, authorizer, httpAuth, auditor }: RouterOptions): express.Router {
  const router = Router();
  router.use(express.json({ limit: BODY_LIMIT }));

  const caller = (request: Request) => httpAuth.credentials(request, { allow: ['user', 'service'] });
  const allowed = async (request: Request, permission: ResourcePermission): Promise<RequestId> => {
    const id = idOf(request);
    await authorizer.checkRequest(await caller(request), permission, id);
    return id;
  };
  router.get('/v1/promises', async (request, response) => {
    await authorizer.check(await caller(request), kratixPromiseReadPermission);
    response.json({ items: service.promises() });
  });

  router.get('/v1/requests', async (request, response) => {
    const isVisible = await authorizer.filter(await caller(request), kratixRequestReadPermission);
    const { cluster, promise, namespace } = request.query;
    const filter = {
      cluster: text(cluster, 'cluster'),
      promise: text(promise, 'promise'),
      namespace: text(namespace, 'namespace'),
    };
    const visible = [...service.facts(filter)].filter(({ facts }) => isVisible(facts));
    response.json({ items: visible.map(({ summary }) => summary()) });
  });

  router.get(REQUEST, async (request, response) => {
    response.json(service.state(await allowed(request, kratixRequestReadPermission)));
  });

  router.get(`${REQUEST}/files`, async (request, response) => {
    const id = await allowed(request, kratixRequestReadPermission);
    const path = text(request.query.path, 'path');
    if (!path) throw new InputError('Query parameter "path" must name the file');
    const destination = text(request.query.destination, 'destination');
    const content = service.file(id, { path, destination, step: text(request.query.step, 'step') });
    response.type('text/plain').set('X-Content-Type-Options', 'nosniff').send(content);
  });

  router.get(`${REQUEST}/logs`, async (request, response) => {
    const id = await allowed(request, kratixLogReadPermission);
    const { run, step, container, follow, tail } = request.query;
    const query = {
      run: text(run, 'run'),
      step: text(step, 'step'),
      container: text(container, 'container'),
      follow: follow === 'true',
      tailLines: lines(text(tail, 'tail')),
    };
    await sendStream(response, signal => service.logs(id, query, signal));
  });

  writeRoutes(router, { writes, authorizer, httpAuth, auditor });
  return router;
}
