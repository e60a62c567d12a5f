import type { AuditorService, HttpAuthService } from '@backstage/backend-plugin-api';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import { kratixRequestDeletePermission, kratixRequestUpdatePermission } from '@kratix-ts/backstage-plugin-kratix-common';
import type { Request, Response, Router } from 'express';
import type { Authorizer } from '../service/Authorizer';
import type { RequestId } from '../service/RequestLocator';
import { parseSpecEdit, type RequestWrites } from '../service/RequestWrites';
import { idOf, REQUEST, text } from './requestRoute';

export interface WriteRoutesOptions {
  writes: RequestWrites;
  authorizer: Authorizer;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
}

/** Routes that change requests. Each asks the permission framework for its caller first, and is audited. */
export function writeRoutes(router: Router, { writes, authorizer, httpAuth, auditor }: WriteRoutesOptions): void {
  const allowed = async (request: Request, permission: ResourcePermission): Promise<RequestId> => {
    const id = idOf(request);
    const credentials = await httpAuth.credentials(request, { allow: ['user', 'service'] });
    await authorizer.checkRequest(credentials, permission, id);
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

  router.put(REQUEST, async (request, response) => {
    const id = await allowed(request, kratixRequestUpdatePermission);
    const edit = parseSpecEdit(request.body);
    await audited(request, 'request-update', async () => {
      response.json(await writes.update(id, edit));
    });
  });

  router.delete(REQUEST, async (request, response) => {
    const id = await allowed(request, kratixRequestDeletePermission);
    const uid = text(request.query.uid, 'uid');
    await audited(request, 'request-delete', () => writes.remove(id, uid));
    accepted(response);
  });

  router.post(`${REQUEST}/actions/rerun`, async (request, response) => {
    const id = await allowed(request, kratixRequestUpdatePermission);
    await audited(request, 'request-rerun', () => writes.rerun(id));
    accepted(response);
  });
}

/** The cluster has taken it; what follows is seen in the request's state. */
function accepted(response: Response): void {
  response.status(202).json({ accepted: true });
}
