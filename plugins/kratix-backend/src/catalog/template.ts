import type { Entity } from '@backstage/catalog-model';
import { ENTITY_TYPE_PROMISE, formPages, humanise, type PromiseApi } from '@kratix-ts/backstage-plugin-kratix-common';

export interface TemplateSource {
  /** Name of the Promise. */
  promise: string;
  api: PromiseApi;
  cluster: string;
  owner: string;
}

const EXPRESSION = { name: '${{ parameters.name }}', namespace: '${{ parameters.namespace }}' };

/** The `spec` of the software template that makes requests of a Promise: its form, then apply and wait. */
export function templateSpec(source: TemplateSource): Entity['spec'] {
  const { promise, api, cluster, owner } = source;
  const parameters = formPages({ kind: api.kind, schema: api.schema, offer: { cluster, promise } });
  const what = humanise(api.kind).toLowerCase();
  const hasSpec = parameters.length > 1;
  const target = { cluster, apiVersion: `${api.group}/${api.version}`, kind: api.kind, ...EXPRESSION };
  const spec = {
    owner,
    type: ENTITY_TYPE_PROMISE,
    parameters,
    steps: [
      {
        id: 'apply',
        name: `Request the ${what}`,
        action: 'kratix:resource:apply',
        input: { ...target, promiseVersion: '${{ parameters.version }}', ifExists: 'fail', ...(hasSpec && { spec: '${{ parameters.spec }}' }) },
      },
      { id: 'wait', name: 'Wait until it is ready', action: 'kratix:resource:wait', input: target },
    ],
    output: {
      links: [{ title: `Open ${EXPRESSION.name}`, icon: 'catalog', entityRef: '${{ steps.apply.output.entityRef }}' }],
    },
  };
  // Through JSON, since what stands in an entity must be nothing else.
  return JSON.parse(JSON.stringify(spec));
}
