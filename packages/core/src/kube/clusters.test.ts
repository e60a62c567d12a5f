import { clustersFromConfig } from './clusters';

it('reads the clusters of a configuration', () => {
  const entries = [
    { name: 'demo', kubeconfig: 'k.yaml', context: 'c' },
    { name: 'here', inCluster: true },
    { name: 'default' },
  ];
  expect(clustersFromConfig(entries)).toEqual([
    { name: 'demo', source: { file: 'k.yaml', context: 'c' } },
    { name: 'here', source: { inCluster: true } },
    { name: 'default', source: {} },
  ]);
  expect(clustersFromConfig(undefined)).toEqual([]);
});

it.each([
  [{}, 'kratix.clusters must be a list of clusters'],
  [['x'], 'kratix.clusters[0] must be an object with a name'],
  [[{ kubeconfig: 'x' }], 'kratix.clusters[0].name is missing'],
  [[{ name: 'a', kubeconfig: 3 }], 'kratix.clusters[0].kubeconfig must be a text that is not empty'],
  [[{ name: 'a', kubeconfig: 'x', inCluster: true }], 'say either kubeconfig or inCluster'],
  [[{ name: 'a' }, { name: 'a' }], 'the name "a" is given twice'],
])('names the field of %j that it cannot understand', (entries, message) => {
  expect(() => clustersFromConfig(entries)).toThrow(message);
});
