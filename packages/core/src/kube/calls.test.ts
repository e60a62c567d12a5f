import { CallCounter, describeCall } from './calls';

const base = '/apis/platform.kratix.io/v1alpha1';

it.each([
  ['GET', `${base}/works`, false, 'list', 'works.platform.kratix.io'],
  ['GET', `${base}/works`, true, 'watch', 'works.platform.kratix.io'],
  ['GET', `${base}/namespaces/a/works`, false, 'list', 'works.platform.kratix.io'],
  ['PATCH', `${base}/namespaces/a/works/b`, false, 'patch', 'works.platform.kratix.io'],
  ['PATCH', `${base}/namespaces/a/works/b/status`, false, 'patch', 'works.platform.kratix.io/status'],
  ['POST', '/api/v1/namespaces/a/secrets', false, 'create', 'secrets'],
  ['PUT', '/api/v1/namespaces/a', false, 'update', 'namespaces'],
  ['DELETE', '/api/v1/namespaces/a/pods', false, 'deletecollection', 'pods'],
  ['GET', '/version', false, 'get', '/version'],
])('%s %s (watch: %s) is %s %s', (method, path, isWatch, verb, resource) => {
  expect(describeCall({ method, path, isWatch })).toEqual({ verb, resource });
});

it('counts', () => {
  const counter = new CallCounter();
  const call = { code: 200, ms: 1, isWatch: false };
  counter.record({ ...call, method: 'GET', path: `${base}/works` });
  counter.record({ ...call, method: 'GET', path: '/api/v1/pods' });
  counter.record({ ...call, method: 'GET', path: '/api/v1/pods' });
  expect(Object.fromEntries(counter.byCall)).toEqual({ 'list works.platform.kratix.io': 1, 'list pods': 2 });
  expect(counter.total(/pods$/)).toBe(2);
  counter.reset();
  expect(counter.total()).toBe(0);
});
