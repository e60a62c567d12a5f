import { message } from '../protobuf/encode';

/**
 * kubectl reads OpenAPI v2, in protobuf alone, to learn whether a file of the kind List can be validated by the server:
 * it looks whether the operation that patches a Namespace has the parameter. That operation is all that stands here;
 * everything else is in OpenAPI v3.
 */
export function openApiV2(): Buffer {
  const parameter = message([1, message([2, message([3, message([2, 'query'], [4, 'fieldValidation'])])])]);
  const kind = message([1, 'x-kubernetes-group-version-kind'], [2, message([2, '{group: "", version: v1, kind: Namespace}'])]);
  const patch = message([5, 'patchCoreV1Namespace'], [8, parameter], [13, kind]);
  const path = message([1, '/api/v1/namespaces/{name}'], [2, message([8, patch])]);
  const info = message([1, 'Kubernetes'], [2, 'v1.34.0']);
  return message([1, '2.0'], [2, info], [8, message([2, path])]);
}

export const OPENAPI_V2_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** Whether a client can read it. */
export function readsOpenApiV2(accept: string | undefined): boolean {
  return /proto-openapi\.spec\.v2/.test(accept ?? '');
}
