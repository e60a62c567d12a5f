import type { PromiseSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { notAvailable } from './notAvailable';

const aPromise = (status?: 'True' | 'False' | 'Unknown', message?: string): PromiseSource => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'Promise',
  metadata: { name: 'shop', uid: 'u' },
  ...(status && { status: { conditions: [{ type: 'Available', status, message }] } }),
});
const long = 'a store that is away '.repeat(20);

it.each<[string, PromiseSource, string | undefined, string | undefined]>([
  ['nothing while it can serve', aPromise('True', 'Ready to fulfil resource requests'), undefined, undefined],
  ['why not, without what it has said already', aPromise('False', 'Cannot fulfil resource requests: Promise "db" is not installed'), undefined, 'Not available now: Promise "db" is not installed.'],
  ['any message in one line with one full stop', aPromise('Unknown', 'Paused\nby hand..'), undefined, 'Not available now: Paused by hand.'],
  ['no more, where no reason is given', aPromise('False', 'Cannot fulfil resource requests'), undefined, 'Not available now.'],
  ['the same of one that nobody has looked at yet', aPromise(), undefined, 'Not available now.'],
  ['as much of a long reason as is read', aPromise('False', long), undefined, `Not available now: ${long.slice(0, 159).trim()}….`],
  ['that the cluster is away, before anything else', aPromise('True'), '2026-01-01T00:00:00Z', 'Not available now: its cluster cannot be reached.'],
])('says %s', (_, promise, staleSince, sentence) => {
  expect(notAvailable({ promise, staleSince })).toBe(sentence);
});
