import { apiVersionOf, type Resource } from '../resources/resource';
import { isObject, type Json } from '../schema/types';
import type { Entry } from '../store/store';

/** Events of both groups lie in one store, in the core group's form. */
const isNewEvent = (resource: Resource) => resource.group === 'events.k8s.io' && resource.kind === 'Event';

/** An object as the asked version shows it. Versions differ in their name alone, but for events. */
export function fromStored(object: Json, resource: Resource, version: string): Json {
  if (isNewEvent(resource)) return eventFromCore(object);
  const apiVersion = apiVersionOf(resource.group, version);
  return object.apiVersion === apiVersion && object.kind === resource.kind ? object : { ...object, apiVersion, kind: resource.kind };
}

export function toStored(object: Json, resource: Resource): Json {
  if (isNewEvent(resource)) return eventToCore(object);
  const apiVersion = apiVersionOf(resource.group, resource.storedVersion);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** The JSON text of a stored object, without writing it anew where the stored version is asked for. */
export function jsonOf(entry: Entry, resource: Resource, version: string): string {
  const shown = fromStored(entry.object, resource, version);
  return shown === entry.object ? entry.json : JSON.stringify(shown);
}

function rename(object: Json, names: [from: string, to: string][], apiVersion: string): Json {
  const renamed: Json = { ...object, apiVersion };
  for (const [from, to] of names) {
    if (renamed[from] !== undefined) renamed[to] = renamed[from];
    delete renamed[from];
  }
  return renamed;
}

const EVENT_FIELDS: [core: string, recent: string][] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];

function eventFromCore(object: Json): Json {
  return { ...rename(object, EVENT_FIELDS, 'events.k8s.io/v1'), kind: 'Event' };
}

function eventToCore(object: Json): Json {
  const core = rename(object, EVENT_FIELDS.map(([from, to]) => [to, from]), 'v1');
  if (!isObject(core.involvedObject)) core.involvedObject = {};
  return core;
}
