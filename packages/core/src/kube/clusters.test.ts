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

it('reads a cluster by its address, and as whom callers act in it', () => {
  const [plain, acting] = clustersFromConfig([
    { name: 'far', url: 'https://k.example.org', tokenFile: '/run/token', caFile: '/run/ca.crt' },
    { name: 'near', url: 'https://10.0.0.1:6443', token: 't', skipTLSVerify: true, impersonate: { user: 'entityRef', groups: 'name', prefix: 'backstage:' } },
  ]);
  expect(plain).toEqual({ name: 'far', source: { server: { url: 'https://k.example.org', tokenFile: '/run/token', caFile: '/run/ca.crt' } } });
  expect(acting).toMatchObject({
    source: { server: { token: 't', skipTLSVerify: true } },
    impersonate: { user: 'entityRef', groups: 'name', prefix: 'backstage:' },
  });
  const byAnnotation = clustersFromConfig([{ name: 'a', impersonate: { user: 'annotation', annotation: 'example.org/login' } }]);
  expect(byAnnotation[0].impersonate).toEqual({ user: 'annotation', annotation: 'example.org/login', groups: 'none', prefix: '' });
});

it.each([
  [{}, 'kratix.clusters must be a list of clusters'],
  [['x'], 'kratix.clusters[0] must be an object with a name'],
  [[{ kubeconfig: 'x' }], 'kratix.clusters[0].name is missing'],
  [[{ name: 'a', kubeconfig: 3 }], 'kratix.clusters[0].kubeconfig must be a text that is not empty'],
  [[{ name: 'a', kubeconfig: 'x', inCluster: true }], 'say either kubeconfig, inCluster or url'],
  [[{ name: 'a', url: 'http://k.example.org', token: 't' }], 'kratix.clusters[0].url must begin with https://'],
  [[{ name: 'a', url: 'https://k' }], 'kratix.clusters[0]: say token or tokenFile, of the service account'],
  [[{ name: 'a', url: 'https://k', token: 't', tokenFile: 'f' }], 'kratix.clusters[0]: say token or tokenFile'],
  [[{ name: 'a', url: 'https://k', token: 't', kubeconfig: 'f' }], 'kratix.clusters[0]: say either kubeconfig, inCluster or url'],
  [[{ name: 'a', url: 'https://k', token: 't', caFile: 'f', skipTLSVerify: true }], 'kratix.clusters[0].skipTLSVerify leaves caFile without effect'],
  [[{ name: 'a', url: 'https://k', token: 't', skipTLSVerify: 'true' }], 'kratix.clusters[0].skipTLSVerify must be true or false'],
  [[{ name: 'a', token: 't' }], 'kratix.clusters[0].token needs url'],
  [[{ name: 'a', contxt: 't' }], 'kratix.clusters[0].contxt is not known; there are: '],
  [[{ name: 'a', impersonate: { user: 'email' } }], 'kratix.clusters[0].impersonate.user must be one of: entityRef, name, annotation'],
  [[{ name: 'a', impersonate: { user: 'annotation' } }], 'kratix.clusters[0].impersonate.annotation must name the annotation'],
  [[{ name: 'a', impersonate: { groups: 'all' } }], 'kratix.clusters[0].impersonate.groups must be one of: entityRef, name, none'],
  [[{ name: 'a' }, { name: 'a' }], 'the name "a" is given twice'],
])('names the field of %j that it cannot understand', (entries, message) => {
  expect(() => clustersFromConfig(entries)).toThrow(message);
});
