import type { AuditorService, HttpAuthService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import {
  kratixLogReadPermission,
  kratixPromiseReadPermission,
  kratixRequestDeletePermission,
  kratixRequestReadPermission,
  kratixRequestUpdatePermission,
} from '@kratix-ts/backstage-plugin-kratix-common';
import express, { type Request, type Response } from 'express';
import Router from 'express-promise-router';
import { sendStream } from './sendStream';
import type { Authorizer } from './service/Authorizer';
import { parseSpecEdit, type RequestId, type RequestService } from './service/RequestService';

export interface RouterOptions {
  service: RequestService;
  authorizer: Authorizer;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
}

/** An API server takes no larger objects either. */
const BODY_LIMIT = '1mb';
const REQUEST = '/v1/requests/:cluster/:group/:version/:plural/:namespace/:name';

function text(value: unknown, name: string): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new InputError(`Query parameter "${name}" was given twice`);
  return value;
}

function lines(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,6}$/.test(value)) throw new InputError('Query parameter "tail" must be a number of lines');
  return Number(value);
}

function idOf({ params }: Request): RequestId {
  const { cluster, group, version, plural, namespace, name } = params;
  return { cluster, group, version, plural, namespace, name };
}

/** Maps HTTP to the service. Every route asks the permission framework for its caller first. */
export function createRouter({ service, authorizer, httpAuth, auditor }: RouterOptions): express.Router {
  const router = Router();
  router.use(express.json({ limit: BODY_LIMIT }));

  const caller = (request: Request) => httpAuth.credentials(request, { allow: ['user', 'service'] });
  const allowed = async (request: Request, permission: ResourcePermission): Promise<RequestId> => {
    const id = idOf(request);
    await authorizer.checkRequest(await caller(request), permission, id);
    return id;
  };
  const audited = async (request: Request, eventId: string, change: () => Promise<void>) => {
    const event = await auditor.createEvent({ eventId, request, severityLevel: 'medium', meta: { ...idOf(request) } });
    try {
      await change();
      await event.success();
    } catch (error) {
      await event.fail({ error: error instanceof Error ? error : new Error(String(error)) });
      throw error;
    }
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

  router.put(REQUEST, async (request, response) => {
    const id = await allowed(request, kratixRequestUpdatePermission);
    const edit = parseSpecEdit(request.body);
    await audited(request, 'request-update', async () => {
      response.json(await service.update(id, edit));
    });
  });

  router.delete(REQUEST, async (request, response) => {
    const id = await allowed(request, kratixRequestDeletePermission);
    const uid = text(request.query.uid, 'uid');
    await audited(request, 'request-delete', () => service.remove(id, uid));
    accepted(response);
  });

  router.post(`${REQUEST}/actions/rerun`, async (request, response) => {
    const id = await allowed(request, kratixRequestUpdatePermission);
    await audited(request, 'request-rerun', () => service.rerun(id));
    accepted(response);
  });

  return router;
}

/** The cluster has taken it; what follows is seen in the request's state. */
function accepted(response: Response): void {
  response.status(202).json({ accepted: true });
}
