import type { PlacementSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { FormerFiles } from './FormerFiles';

const placement = (name: string, content: string): PlacementSource => ({
  apiVersion: 'platform.kratix.io/v1alpha1', kind: 'WorkPlacement', metadata: { name, namespace: 'default' }, spec: { workloads: [{ filepath: 'a', content }] },
});
const contentOf = (former: FormerFiles, name: string) => former.of(placement(name, ''))?.[0].content;

it('keeps what was there before the last change of the files', () => {
  const former = new FormerFiles();
  former.changed(placement('p', 'one'), placement('p', 'two'));
  former.changed(placement('p', 'two'), placement('p', 'two'));
  expect(contentOf(former, 'p')).toBe('one');
  former.changed(placement('p', 'two'), placement('p', 'three'));
  expect(contentOf(former, 'p')).toBe('two');
  former.deleted(placement('p', ''));
  expect(contentOf(former, 'p')).toBeUndefined();
});

it('forgets the oldest when there is no room', () => {
  const former = new FormerFiles(10);
  for (const name of ['a', 'b', 'c']) former.changed(placement(name, 'x'.repeat(5)), placement(name, 'y'));
  expect(['a', 'b', 'c'].map(name => contentOf(former, name))).toEqual([undefined, 'xxxxx', 'xxxxx']);
  former.changed(placement('d', 'x'.repeat(50)), placement('d', 'y'));
  expect(['b', 'c', 'd'].map(name => contentOf(former, name))).toEqual([undefined, undefined, undefined]);
});
