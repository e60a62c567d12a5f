import { randomBytes } from 'node:crypto';
import type { LocalApi } from '../api';
import { EVENTS, NODE_NAME, type Meta } from './types';

export interface Involved {
  apiVersion: string;
  kind: string;
  metadata: Pick<Meta, 'name' | 'namespace' | 'uid' | 'resourceVersion'>;
  /** For example `spec.containers{main}`. */
  fieldPath?: string;
}

export interface Happening {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

export type Recorder = (involved: Involved, happening: Happening) => void;

interface StoredEvent {
  metadata: { name: string };
  count: number;
  lastTimestamp: string;
}

const MAX_REMEMBERED = 2000;

/** Writes events as a component of the cluster; the same event of the same object counts up. */
export function eventRecorder(api: Pick<LocalApi, 'create' | 'update'>, component: string, log: (message: string) => void): Recorder {
  const known = new Map<string, string>();
  return ({ apiVersion, kind, metadata, fieldPath }, { type, reason, message }) => {
    const { namespace, name, uid, resourceVersion } = metadata;
    const key = [uid, fieldPath, type, reason, message].join('\0');
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    try {
      const earlier = known.get(key);
      const counted = earlier && api.update<StoredEvent>(EVENTS, { namespace, name: earlier }, event => {
        event.count += 1;
        event.lastTimestamp = now;
      });
      if (counted) {
        return;
      }
      const eventName = `${name}.${randomBytes(8).toString('hex')}`;
      api.create(EVENTS, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: eventName, namespace },
        involvedObject: { apiVersion, kind, namespace, name, uid, ...(resourceVersion ? { resourceVersion } : {}), ...(fieldPath ? { fieldPath } : {}) },
        type,
        reason,
        message,
        source: { component, ...(component === 'kubelet' ? { host: NODE_NAME } : {}) },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
        reportingComponent: component,
        reportingInstance: component === 'kubelet' ? NODE_NAME : '',
      });
      if (known.size > MAX_REMEMBERED) {
        known.clear();
      }
      known.set(key, eventName);
    } catch (error) {
      // An event is a courtesy: the namespace may be on its way out, and that stops nothing.
      log(`event ${reason} of ${kind} ${namespace}/${name} was not recorded: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}
