import type { Resource } from '../resources/resource';
import { isObject, type Json } from '../schema/types';
import type { StoredMeta } from '../store/store';
import { badRequest, conflict, fieldError, invalid } from './errors';

interface Place {
  resource: Resource;
  name: string;
}

/** A replacement must mean the object that is there. */
export function checkPreconditions({ resource, name }: Place, given: StoredMeta, before: StoredMeta): void {
  const type = { group: resource.group, resource: resource.plural };
  if (given.name && given.name !== name) throw badRequest(`the name of the object (${given.name}) does not match the name on the URL (${name})`);
  if (given.namespace && given.namespace !== (before.namespace ?? '')) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (given.uid && given.uid !== before.uid) {
    throw conflict(type, name, `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${before.uid}`);
  }
  if (given.resourceVersion && given.resourceVersion !== '0' && given.resourceVersion !== before.resourceVersion) {
    throw conflict(type, name, 'the object has been modified; please apply your changes to the latest version and try again');
  }
}

/** A PUT names the revision that it replaces, unless the kind allows to replace whatever is there. */
export function checkPut({ resource, name }: Place, body: Json): void {
  const metadata = isObject(body.metadata) ? body.metadata : {};
  if (!metadata.name) throw badRequest('the name of the object (metadata.name) is required in the body of an update');
  if (metadata.name !== name) throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  if (metadata.resourceVersion || resource.allowsUnconditionalUpdate) return;
  throw invalid(resource.plural, resource.group, name, [fieldError.invalid('metadata.resourceVersion', 0, 'must be specified for an update')]);
}
