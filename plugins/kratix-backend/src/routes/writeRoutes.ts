import { NotAllowedError } from '@backstage/errors';
import type { NextFunction, Request, Response, Router } from 'express';
import type { RequestAction } from '../service/planAction';
import type { VersionWish } from '../service/planVersion';
import { TooManyRequestsError } from '../service/RateLimit';
import type { By, RequestCommands } from '../service/RequestCommands';
import type { RequestId } from '../service/RequestLocator';
import type { CallerOf } from './caller';
import { idOf, REQUEST, text } from './requestRoute';
import type { ShowRequest } from './showRequest';

export interface WriteRoutesOptions {
  commands: RequestCommands;
  callerOf: CallerOf;
  show: ShowRequest;
}

const REQUESTS = '/v1/requests/:cluster/:group/:version/:plural/:namespace';
const ACTIONS: RequestAction['do'][] = ['rerun', 'resume', 'pause', 'unpause', 'retry'];
const VERSION_ACTIONS: VersionWish['do'][] = ['pin', 'upgrade'];

/** Routes that change requests, or try changes, and what forms need for that. Who may, and that it is audited, is the commands' affair. */
export function writeRoutes(router: Router, { commands, callerOf, show }: WriteRoutesOptions): void {
  const by = async (request: Request): Promise<By> => ({ credentials: await callerOf(request), request });

  /** Whoever may make a request and not see it is told no more than what it is called. */
  const shownOrNamed = (id: RequestId, { credentials }: By) =>
    show(id, credentials).catch(error => {
      if (error instanceof NotAllowedError) return id;
      throw error;
    });

  router.post(REQUESTS, async (request, response) => {
    const caller = await by(request);
    const { name: _none, ...place } = idOf(request);
    if (request.query.dryRun === 'true') {
      response.json(await commands.previewCreate(caller, place, request.body));
      return;
    }
    const id = await commands.create(caller, place, request.body);
    response.status(201).json(await shownOrNamed(id, caller));
  });

  router.put(REQUEST, async (request, response) => {
    const caller = await by(request);
    const id = idOf(request);
    await commands.update(caller, id, request.body);
    response.json(await show(id, caller.credentials));
  });

  router.delete(REQUEST, async (request, response) => {
    await commands.remove(await by(request), idOf(request), text(request.query.uid, 'uid'));
    accepted(response);
  });

  router.post(`${REQUEST}/actions/preview`, async (request, response) => {
    response.json(await commands.preview(await by(request), idOf(request), request.body));
  });

  router.post(`${REQUEST}/actions/dry-run`, async (request, response) => {
    response.status(202).json({ name: await commands.startDryRun(await by(request), idOf(request), request.body) });
  });

  router.get(`${REQUEST}/dry-runs/:dryRun`, async (request, response) => {
    response.json(await commands.dryRun(await by(request), idOf(request), request.params.dryRun));
  });

  router.get('/v1/namespaces', async (request, response) => {
    const { cluster, promise } = request.query;
    response.json({ items: await commands.namespaces(await by(request), { cluster: text(cluster, 'cluster'), promise: text(promise, 'promise') }) });
  });

  for (const action of ACTIONS) {
    router.post(`${REQUEST}/actions/${action}`, async (request, response) => {
      await commands.act(await by(request), idOf(request), action, request.body);
      accepted(response);
    });
  }

  for (const action of VERSION_ACTIONS) {
    router.post(`${REQUEST}/actions/${action}`, async (request, response) => {
      await commands.setVersion(await by(request), idOf(request), action, request.body);
      accepted(response);
    });
  }

  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (error instanceof TooManyRequestsError) response.set('Retry-After', String(error.retryAfterSeconds));
    next(error);
  });
}

/** The cluster has taken it; what follows is seen in the request's state. */
function accepted(response: Response): void {
  response.status(202).json({ accepted: true });
}
