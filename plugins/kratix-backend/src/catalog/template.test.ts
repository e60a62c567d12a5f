import { templateSpec } from './template';
import { parseTemplateOptions } from './templateOptions';

const schema = { type: 'object', properties: { spec: { type: 'object', required: ['size'], properties: { size: { type: 'string' } } } } };
const api = { group: 'shop.io', version: 'v1', kind: 'ShoppingCart', plural: 'carts', namespaced: true, schema };
const source = { promise: 'shop', api, cluster: 'demo', owner: 'group:default/shop' };

interface Spec {
  parameters: { properties: Record<string, { [key: string]: unknown }> }[];
  steps: { id: string; action: string; input: Record<string, unknown> }[];
  output: { links: Record<string, string>[] };
}
const specOf = (options: object = {}, extra: object = {}) => templateSpec({ ...source, ...extra }, parseTemplateOptions(options)) as unknown as Spec;
const target = { cluster: 'demo', apiVersion: 'shop.io/v1', kind: 'ShoppingCart', name: '${{ parameters.name }}', namespace: '${{ parameters.namespace }}' };
const byAction = (action: string, input: object) => ({ delivery: 'pull-request', pullRequest: { action, input } });

it('tries the request on the server, applies it and waits', () => {
  const { parameters, steps } = specOf();
  const offer = { cluster: 'demo', promise: 'shop' };
  expect(parameters[0].properties).toMatchObject({
    namespace: { 'ui:field': 'KratixNamespacePicker', 'ui:options': offer },
    version: { 'ui:field': 'KratixPromiseVersionPicker', 'ui:options': offer },
  });
  expect(steps).toEqual([
    { id: 'check', name: 'Check it with the platform', action: 'kratix:resource:diff', input: { ...target, spec: '${{ parameters.spec }}' } },
    { id: 'apply', name: 'Request the shopping cart', action: 'kratix:resource:apply', input: { ...target, promiseVersion: '${{ parameters.version }}', ifExists: 'fail', spec: '${{ parameters.spec }}' } },
    { id: 'wait', name: 'Wait until it is ready', action: 'kratix:resource:wait', input: target },
  ]);
});

it('hands no spec on where the form asks for none', () => {
  const { steps } = specOf({}, { api: { ...api, schema: {} } });
  expect(steps[0].input).toEqual(target);
});

it.each([
  ['publish:github:pull-request', { repoUrl: 'github.com?owner=a&repo=b' }, { branchName: expect.stringContaining('request/demo-'), title: expect.any(String), description: expect.any(String) }],
  ['publish:gitlab:merge-request', { repoUrl: 'gitlab.com?owner=a&repo=b' }, { branchName: expect.any(String), commitAction: 'auto' }],
  ['publish:bitbucketCloud:pull-request', { repoUrl: 'bitbucket.org?workspace=w', targetBranch: 'main' }, { sourceBranch: expect.any(String) }],
  ['kratix:branch:push', { repository: 'requests' }, { branch: expect.any(String), path: expect.stringMatching(/^requests\/demo\/.*\.yaml$/), message: expect.any(String) }],
])('proposes the file of the request by %s', (action, input, expected) => {
  const { parameters, steps, output } = specOf(byAction(action, input));
  expect(steps.map(step => step.action)).toEqual(['kratix:resource:diff', 'kratix:resource:manifest', action]);
  expect(steps[2].input).toMatchObject({ ...input, ...expected });
  expect(parameters[0].properties).not.toHaveProperty('version');
  expect(output.links[0].title).toBe('Open the pull request');
});

it.each([
  [{ delivery: 'mail' }, 'kratix.templates.delivery'],
  [{ delivery: 'pull-request' }, 'kratix.templates.pullRequest: is missing'],
  [{ pullRequest: { input: {} } }, 'kratix.templates.pullRequest.action'],
])('names the field of %j that it cannot understand', (value, message) => {
  expect(() => parseTemplateOptions(value)).toThrow(message);
});
