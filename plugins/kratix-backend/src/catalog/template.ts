import type { Entity } from '@backstage/catalog-model';
import { ENTITY_TYPE_PROMISE, formPages, humanise, type JsonSchema, type PromiseApi } from '@kratix-ts/backstage-plugin-kratix-common';
import type { TemplateOptions } from './templateOptions';

export interface TemplateSource {
  /** Name of the Promise. */
  promise: string;
  api: PromiseApi;
  cluster: string;
  owner: string;
}

/** What the steps of a template have in common. */
interface Order {
  /** What is asked for, in the words of people. */
  what: string;
  plural: string;
  target: { cluster: string; apiVersion: string; kind: string; name: string; namespace: string };
  /** Empty where the form asks for nothing but a name and a place. */
  spec: { spec?: string };
}

const NAME = '${{ parameters.name }}';
const NAMESPACE = '${{ parameters.namespace }}';
const PULL_REQUEST_URL = '${{ steps.publish.output.remoteUrl or steps.publish.output.mergeRequestUrl or steps.publish.output.pullRequestUrl }}';

/** Tries the request on the server before anything is done. */
function checkStep({ target, spec }: Order) {
  return { id: 'check', name: 'Check it with the platform', action: 'kratix:resource:diff', input: { ...target, ...spec } };
}

function applying(order: Order) {
  const { what, target, spec } = order;
  const version = { promiseVersion: '${{ parameters.version }}' };
  return {
    steps: [
      checkStep(order),
      { id: 'apply', name: `Request the ${what}`, action: 'kratix:resource:apply', input: { ...target, ...version, ifExists: 'fail', ...spec } },
      { id: 'wait', name: 'Wait until it is ready', action: 'kratix:resource:wait', input: target },
    ],
    output: { links: [{ title: `Open ${NAME}`, icon: 'catalog', entityRef: '${{ steps.apply.output.entityRef }}' }] },
  };
}

/** The inputs by which an action that opens pull requests is told branch, words and file. */
function publishInput(action: string, { what, target, plural }: Order, path: string): Record<string, string> {
  const branch = `request/${target.cluster}-${NAMESPACE}-${plural}-${NAME}`;
  const title = `Request the ${what} ${NAMESPACE}/${NAME}`;
  if (action === 'kratix:branch:push') return { branch, path, message: title };
  const description = `${target.kind} for cluster ${target.cluster}, from the portal.`;
  if (action.startsWith('publish:bitbucket')) return { sourceBranch: branch, title, description };
  return { branchName: branch, title, description, ...(action.startsWith('publish:gitlab') && { commitAction: 'auto' }) };
}

function proposing(order: Order, { action, input }: NonNullable<TemplateOptions['pullRequest']>) {
  const { target, plural, spec } = order;
  const path = `requests/${target.cluster}/${NAMESPACE}/${plural}/${NAME}.yaml`;
  return {
    steps: [
      checkStep(order),
      { id: 'manifest', name: 'Write it down', action: 'kratix:resource:manifest', input: { ...target, ...spec, path } },
      { id: 'publish', name: 'Propose it', action, input: { ...publishInput(action, order, path), ...input } },
    ],
    output: {
      links: [
        { if: PULL_REQUEST_URL, title: 'Open the pull request', url: PULL_REQUEST_URL },
        { title: `Open ${NAME}, once it is merged`, icon: 'catalog', entityRef: '${{ steps.manifest.output.entityRef }}' },
      ],
    },
  };
}

/** A version is bound by an object of its own, which a file of the request does not hold. */
function withoutVersion([place, ...pages]: JsonSchema[]): JsonSchema[] {
  const properties = Object.fromEntries(Object.entries(place.properties ?? {}).filter(([name]) => name !== 'version'));
  return [{ ...place, properties }, ...pages];
}

/** The `spec` of the software template that makes requests of a Promise: its form, then apply and wait, or a pull request. */
export function templateSpec({ promise, api, cluster, owner }: TemplateSource, { delivery, pullRequest }: TemplateOptions): Entity['spec'] {
  const pages = formPages({ kind: api.kind, schema: api.schema, offer: { cluster, promise } });
  const proposal = delivery === 'pull-request' ? pullRequest : undefined;
  const order = {
    what: humanise(api.kind).toLowerCase(),
    plural: api.plural,
    target: { cluster, apiVersion: `${api.group}/${api.version}`, kind: api.kind, name: NAME, namespace: NAMESPACE },
    spec: pages.length > 1 ? { spec: '${{ parameters.spec }}' } : {},
  };
  const spec = {
    owner,
    type: ENTITY_TYPE_PROMISE,
    parameters: proposal ? withoutVersion(pages) : pages,
    ...(proposal ? proposing(order, proposal) : applying(order)),
  };
  // Through JSON, since what stands in an entity must be nothing else.
  return JSON.parse(JSON.stringify(spec));
}
