import type { AdmissionRequest } from '../auth/user';
import { fromStored } from '../registry/convert';
import type { Json } from '../schema/types';

const OPTIONS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' };

/** The question to a webhook, with the objects in the version that its rules name. */
export function reviewOf(request: AdmissionRequest, version: string, uid: string): Json {
  const { resource, operation, name, namespace, subresource, user, object, oldObject, dryRun, fieldManager } = request;
  const { group, plural, kind } = resource;
  const shown = (state: Json | undefined) => (state ? fromStored(state, resource, version) : null);
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind: { group, version, kind },
      resource: { group, version, resource: plural },
      ...(subresource ? { subResource: subresource } : {}),
      requestKind: { group, version: request.version, kind },
      requestResource: { group, version: request.version, resource: plural },
      ...(subresource ? { requestSubResource: subresource } : {}),
      ...(name ? { name } : {}),
      ...(namespace ? { namespace } : {}),
      operation,
      userInfo: { username: user.username, ...(user.uid ? { uid: user.uid } : {}), groups: user.groups, ...(user.extra ? { extra: user.extra } : {}) },
      object: shown(object),
      oldObject: shown(oldObject),
      dryRun,
      options: { kind: OPTIONS[operation], apiVersion: 'meta.k8s.io/v1', ...(dryRun ? { dryRun: ['All'] } : {}), ...(fieldManager ? { fieldManager } : {}) },
    },
  };
}
