import type { AdmissionRequest } from '../auth/user';
import type { Entry, StoredObject } from '../store/store';
import { quotaAdmission, usedOf } from './quota';

const pod = (phase: string, namespace = 'a') => ({ metadata: { namespace }, status: { phase } });
const quota = (hard: object) => ({ metadata: { name: 'most', namespace: 'a' }, spec: { hard } });

function storeOf(objects: Record<string, object[]>) {
  return { list: (kind: string) => (objects[kind] ?? []).map(object => ({ object: object as StoredObject, key: '', json: '', revision: 1 }) as Entry) };
}

const request = (plural: string, group = '') =>
  ({ operation: 'CREATE', resource: { group, plural }, namespace: 'a', name: 'x', object: {} }) as unknown as AdmissionRequest;

it('counts pods that run, and objects of any kind, of one namespace', () => {
  const store = storeOf({ pods: [pod('Running'), pod('Succeeded'), pod('Pending', 'b')], 'jobs.batch': [pod('x')] });
  expect(usedOf(quota({ pods: '5', 'count/pods': 5, 'count/jobs.batch': '1', 'requests.cpu': '1' }) as unknown as StoredObject, store)).toEqual({ pods: '1', 'count/pods': '2', 'count/jobs.batch': '1' });
});

it.each<[string, object, string, string, string]>([
  ['no room', { pods: '1' }, 'pods', '', 'pods "x" is forbidden: exceeded quota: most, requested: pods=1, used: pods=1, limited: pods=1'],
  ['no room twice', { pods: '1', 'count/pods': '0' }, 'pods', '', 'pods "x" is forbidden: exceeded quota: most, requested: count/pods=1,pods=1, used: count/pods=1,pods=1, limited: count/pods=0,pods=1'],
  ['room', { pods: '2' }, 'pods', '', ''],
  ['nothing about this kind', { pods: '0' }, 'jobs', 'batch', ''],
  ['another group', { 'count/jobs.batch': '0' }, 'jobs', 'batch', 'jobs.batch "x" is forbidden: exceeded quota: most, requested: count/jobs.batch=1, used: count/jobs.batch=0, limited: count/jobs.batch=0'],
])('a quota with %s', (_title, hard, plural, group, message) => {
  const admit = () => quotaAdmission(storeOf({ resourcequotas: [quota(hard)], pods: [pod('Running')] }))(request(plural, group));
  const refusal = (() => {
    try {
      admit();
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  })();
  expect(refusal).toBe(message);
});
