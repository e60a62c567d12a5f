import type { NotificationSendOptions } from '@backstage/plugin-notifications-node';
import { humanise, permissionRef, requestEntityName, type RequestObject, type RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { entityPath } from '../catalog/portalPaths';
import { ownerOf } from '../catalog/entityParts';
import type { EntityContext } from '../catalog/options';
import type { NoteKind } from './planNote';

const WORDS: Record<NoteKind, { title: string; severity: NotificationSendOptions['payload']['severity'] }> = {
  failed: { title: 'does not work', severity: 'high' },
  decision: { title: 'needs a decision', severity: 'high' },
  recovered: { title: 'is ready again', severity: 'low' },
};

/** The notification for the owner of a request. A newer one of the same request takes the place of the one before. */
export function messageOf(kind: NoteKind, request: RequestSummary, object: RequestObject, context: EntityContext): NotificationSendOptions {
  const { promise, namespace, name } = request;
  const { title, severity } = WORDS[kind];
  const entity = requestEntityName({ ...context, promise, namespace, name, entityKind: context.options.requests.kind });
  return {
    recipients: { type: 'entity', entityRef: ownerOf(object.metadata, context) },
    payload: {
      title: `${humanise(request.kind)} ${name} ${title}`,
      description: request.summary.sentence,
      link: entityPath(entity),
      severity,
      topic: 'kratix',
      scope: `kratix:${permissionRef(request)}`,
    },
  };
}
