import { HealthRecord } from '../api';
import { Controller } from '../runtime';
import { finalizers } from '../wire/names';
import type { EngineContext } from './context';
import { self } from './predicates';

/**
 * Lets records go that another engine holds; requests read their records from the cache, so none has to wait for them.
 * Source: kratix-behaviour.md §8.4.
 */
export function healthRecordController({ api, informers, log }: EngineContext): Controller {
  const reconcile = async (key: string) => {
    const record = informers.healthRecords.get(key);
    if (record?.metadata.deletionTimestamp) await api.removeFinalizers(HealthRecord.type, record, finalizers.healthRecord);
  };
  return new Controller({ name: 'healthrecord', log, reconcile }).watches(informers.healthRecords, self);
}
