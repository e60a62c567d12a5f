import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toYaml, type DynamicObject } from '@kratix-ts/core/kube';

/** An API server that lists recorded objects, unchanged, and in which nothing ever happens. */
export interface RecordedCluster {
  kubeconfig: string;
  stop: () => Promise<void>;
}

/** The definition of the Promise's kind as an engine leaves it in a cluster; records do not hold it. */
function definitionOf(objects: DynamicObject[]): DynamicObject[] {
  return objects.filter(({ kind }) => kind === 'Promise').map(({ metadata, spec }) => {
    const api = (spec as { api: DynamicObject }).api;
    const labels = { 'kratix.io/promise-name': metadata.name };
    return { ...api, metadata: { ...api.metadata, labels }, status: { conditions: [{ type: 'Established', status: 'True' }] } };
  });
}

function listed(objects: DynamicObject[], url: URL): DynamicObject[] {
  const [, root, ...rest] = url.pathname.split('/');
  const [group, version, plural] = root === 'api' ? ['', ...rest] : rest;
  const apiVersion = group ? `${group}/${version}` : version;
  // Nothing of this project is there, so no kind is asked for by name.
  if (url.searchParams.get('fieldSelector')) return [];
  return objects.filter(object => object.apiVersion === apiVersion && `${object.kind.toLowerCase()}s` === plural);
}

/** Serves recorded objects below a kubeconfig in `dir`. */
export async function serveRecorded(dir: string, name: string, recorded: DynamicObject[]): Promise<RecordedCluster> {
  const objects = [...recorded, ...definitionOf(recorded)];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const isWatch = ['true', '1'].includes(url.searchParams.get('watch') ?? '');
    response.setHeader('content-type', 'application/json');
    if (isWatch && !url.searchParams.has('sendInitialEvents')) response.writeHead(200).flushHeaders();
    else if (isWatch || url.pathname.includes('/namespaces/')) response.writeHead(isWatch ? 422 : 404).end(JSON.stringify({ kind: 'Status', status: 'Failure', message: 'not recorded', code: isWatch ? 422 : 404 }));
    else response.end(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: listed(objects, url) }));
  };
  const server = createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(dir, `${name}.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'recorded',
    clusters: [{ name: 'recorded', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: 'recorded', context: { cluster: 'recorded', user: 'nobody' } }],
  };
  await writeFile(kubeconfig, toYaml(config));
  return {
    kubeconfig,
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
