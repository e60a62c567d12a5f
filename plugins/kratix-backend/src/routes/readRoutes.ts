import { InputError } from '@backstage/errors';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import {
  kratixLogReadPermission,
  kratixRequestReadPermission,
  phases,
  requestSorts,
  type RequestQuery,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { Request, Router } from 'express';
import { sendStream } from '../sendStream';
import type { Authorizer } from '../service/Authorizer';
import { LARGEST_LIMIT } from '../service/requestPage';
import type { RequestId } from '../service/RequestLocator';
import type { RequestService } from '../service/RequestService';
import type { CallerOf } from './caller';
import { choiceParam, choicesParam, listParam, numberParam, textParam } from './params';
import { idOf, REQUEST } from './requestRoute';
import type { ShowRequest } from './showRequest';

export interface ReadRoutesOptions {
  service: RequestService;
  authorizer: Authorizer;
  callerOf: CallerOf;
  show: ShowRequest;
}

function requestQueryOf(request: Request): RequestQuery {
  return {
    cluster: textParam(request, 'cluster'),
    promise: listParam(request, 'promise'),
    namespace: listParam(request, 'namespace'),
    requestedBy: listParam(request, 'requestedBy'),
    phase: choicesParam(request, 'phase', phases),
    text: textParam(request, 'text'),
    sort: choiceParam(request, 'sort', requestSorts),
    order: choiceParam(request, 'order', ['asc', 'desc']),
    limit: numberParam(request, 'limit', 1, LARGEST_LIMIT),
    offset: numberParam(request, 'offset', 0, 100_000_000),
  };
}

/** Routes that change nothing. Each asks the permission framework for its caller first. */
export function readRoutes(router: Router, { service, authorizer, callerOf, show }: ReadRoutesOptions): void {
  const allowed = async (request: Request, permission: ResourcePermission): Promise<RequestId> => {
    const id = idOf(request);
    await authorizer.checkRequest(await callerOf(request), permission, id);
    return id;
  };

  router.get('/v1/requests', async (request, response) => {
    const isVisible = await authorizer.filter(await callerOf(request), kratixRequestReadPermission);
    response.json(service.page(requestQueryOf(request), isVisible));
  });

  router.get(REQUEST, async (request, response) => {
    response.json(await show(idOf(request), await callerOf(request)));
  });

  router.get(`${REQUEST}/files`, async (request, response) => {
    const id = await allowed(request, kratixRequestReadPermission);
    const path = textParam(request, 'path');
    if (!path) throw new InputError('Query parameter "path" must name the file');
    const query = { path, destination: textParam(request, 'destination'), step: textParam(request, 'step') };
    if (textParam(request, 'raw') === 'true') {
      response.type('text/plain').set('X-Content-Type-Options', 'nosniff').send(service.rawFile(id, query));
      return;
    }
    response.json(service.file(id, { ...query, run: textParam(request, 'run') }));
  });

  router.get(`${REQUEST}/runs/:run`, async (request, response) => {
    const id = await allowed(request, kratixRequestReadPermission);
    response.json(await service.run(id, request.params.run));
  });

  router.get(`${REQUEST}/logs`, async (request, response) => {
    const id = await allowed(request, kratixLogReadPermission);
    const query = {
      run: textParam(request, 'run'),
      step: textParam(request, 'step'),
      container: textParam(request, 'container'),
      follow: textParam(request, 'follow') === 'true',
      tailLines: numberParam(request, 'tail', 0, 999_999),
      sinceSeconds: numberParam(request, 'sinceSeconds', 1, 100_000_000),
      previous: textParam(request, 'previous') === 'true',
      attempt: numberParam(request, 'attempt', 1, 1000),
    };
    if (textParam(request, 'download') === 'true') response.attachment([id.name, query.step, query.container].filter(Boolean).join('-').concat('.log'));
    await sendStream(response, signal => service.logs(id, query, signal));
  });
}
