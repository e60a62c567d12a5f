import { destinationSummary, storeSummary } from './platformState';
import type { PlacementSource } from './stateObjects';

const kratix = (kind: string) => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind });
const condition = (type: string, status: 'True' | 'False', message = type, lastTransitionTime = '2026-11-22T09:00:00Z') => ({ type, status, reason: type, message, lastTransitionTime });

const destination = {
  ...kratix('Destination'),
  metadata: { name: 'eu-1', labels: { region: 'eu' } },
  spec: { path: 'eu', stateStoreRef: { kind: 'GitStateStore', name: 'git' }, strictMatchLabels: true, filepath: { mode: 'none' } },
  status: { conditions: [condition('Ready', 'True', 'Test documents written to State Store')] },
};
const placement = (name: string, status: PlacementSource['status'], labels = {}): PlacementSource => ({ ...kratix('WorkPlacement'), metadata: { name, labels }, spec: { targetDestinationName: 'eu-1' }, status });
const placements = [
  placement('a', { conditions: [condition('WriteSucceeded', 'True')], versionID: 'old' }),
  placement('b', { conditions: [condition('WriteSucceeded', 'True', '', '2026-11-22T09:30:00Z')], versionID: 'new' }),
  placement('c', { conditions: [condition('WriteSucceeded', 'False', 'refused')] }),
  placement('d', {}),
  placement('e', {}, { 'kratix.io/misplaced': 'true' }),
];

it('B-SCH-25, B-SS-23, B-SS-24: counts the placements of a Destination by how far they have come', () => {
  expect(destinationSummary('demo', destination, placements)).toEqual({
    cluster: 'demo', name: 'eu-1', ready: true, message: undefined, labels: { region: 'eu' }, path: 'eu', strictMatchLabels: true, mode: 'none',
    store: { kind: 'GitStateStore', name: 'git' },
    placements: { total: 5, delivered: 2, pending: 1, failed: 1, misplaced: 1 },
    lastWrite: { at: '2026-11-22T09:30:00Z', version: 'new' },
  });
});

it('tells the last write of a placement that has gone since, where the Destination has a record of it', () => {
  const lastWrite = { time: '2026-11-22T10:00:00Z', versionID: 'newest' };
  const recorded = { ...destination, status: { ...destination.status, lastWrite } };
  expect(destinationSummary('demo', recorded, placements).lastWrite).toEqual({ at: lastWrite.time, version: 'newest' });
  const store = { ...kratix('GitStateStore'), metadata: { name: 'git' } };
  expect(storeSummary('demo', store, [recorded], () => []).lastWrite).toEqual({ at: lastWrite.time, version: 'newest' });
});

it('B-SS-11: says why a Destination is not ready', () => {
  const broken = { ...destination, spec: undefined, status: { conditions: [condition('Ready', 'False', 'GitStateStore/git: not found')] } };
  expect(destinationSummary('demo', broken, [])).toMatchObject({ ready: false, message: 'GitStateStore/git: not found', mode: 'nestedByMetadata', lastWrite: undefined });
  expect(destinationSummary('demo', { ...destination, status: undefined }, []).ready).toBe(false);
});

it('B-SS-4: shows a store with what lies in it and what waits for it, without credentials', () => {
  const store = { ...kratix('GitStateStore'), metadata: { name: 'git' }, spec: { url: 'https://bot:hunter2@git.example.com/a.git' }, status: { status: 'Ready' } };
  const other = { ...destination, metadata: { name: 'other' }, spec: { stateStoreRef: { kind: 'BucketStateStore', name: 'git' } } };
  expect(storeSummary('demo', store, [destination, other], name => (name === 'eu-1' ? placements : []))).toEqual({
    cluster: 'demo', kind: 'GitStateStore', name: 'git', ready: true, message: undefined, url: 'https://git.example.com/a.git', branch: 'main',
    destinations: ['eu-1'], queued: 1, failed: 1, lastWrite: { at: '2026-11-22T09:30:00Z', version: 'new' },
  });
});

it('B-SS-1: says what a store lacks', () => {
  const status = { status: 'NotReady', conditions: [condition('Ready', 'False', 'Secret creds not found in namespace default')] };
  const store = { ...kratix('BucketStateStore'), metadata: { name: 'minio' }, spec: { endpoint: 'minio.example.com', bucketName: 'state' }, status };
  expect(storeSummary('demo', store, [], () => [])).toMatchObject({ ready: false, message: 'Secret creds not found in namespace default', url: 'minio.example.com/state', branch: undefined });
});
