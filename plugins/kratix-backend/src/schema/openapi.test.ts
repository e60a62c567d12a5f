import { kratixPermissions } from '@kratix-ts/backstage-plugin-kratix-common';
import express from 'express';
import request from 'supertest';
import { createRouter, type RouterOptions } from '../router';
import { checkQuery } from './checkQuery';
import { loadDocument } from './document';

const document = loadDocument();
const operations = document.operations();
const inOrder = (routes: string[]) => [...new Set(routes)].sort();

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

function routesOfRouter(): string[] {
  // Routes are known before anything is asked of what serves them.
  const router = createRouter({} as RouterOptions);
  return (router.stack as Layer[]).flatMap(({ route }) =>
    route ? Object.keys(route.methods).map(method => `${method} ${route.path.replace(/:(\w+)/g, '{$1}')}`) : [],
  );
}

it('holds every route of the router, and no other', () => {
  expect(inOrder(operations.map(({ method, path }) => `${method} ${path}`))).toEqual(inOrder(routesOfRouter()));
});

it('names for every operation the permission that decides it', () => {
  const known = kratixPermissions.map(({ name }) => name);
  const undecided = operations.filter(({ permission = '' }) => !known.includes(permission)).map(({ path }) => path);
  expect(undecided).toEqual(['/v1/openapi.json']);
});

it('declares every parameter of every path, and names every operation once', () => {
  for (const { path, parameters } of operations) {
    const declared = parameters.filter(parameter => parameter.in === 'path').map(({ name }) => name);
    expect(declared.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());
  }
  const ids = JSON.stringify(document.content).match(/"operationId":"\w+"/g) ?? [];
  expect(new Set(ids).size).toBe(operations.length);
});

it('holds no reference that leads nowhere', () => {
  const references = [...JSON.stringify(document.content).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
  expect(references.filter(reference => document.resolve({ $ref: reference }) === undefined)).toEqual([]);
});

describe('what a query may hold', () => {
  const app = express();
  app.use(checkQuery(document), (_, response) => void response.send('passed'));
  app.use((error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => void response.status(400).send(error.message));
  const FILES = '/v1/requests/demo/g/v1/things/default/one/files';

  it.each([
    ['/v1/requests', 'passed'],
    ['/v1/requests?limit=10&order=desc&text=a&phase=Failed,Ready', 'passed'],
    ['/v1/requests?limit=many', 'Query parameter "limit" must be integer'],
    ['/v1/requests?limit=0', 'Query parameter "limit" must be >= 1'],
    ['/v1/requests?order=up', 'Query parameter "order" must be one of asc, desc'],
    ['/v1/requests?phases=Failed', 'Query parameter "phases" is not known here; there are: cluster, promise, namespace, requestedBy, phase, text, sort, order, limit, offset'],
    ['/v1/requests?text=a&text=b', 'Query parameter "text" must be string'],
    ['/v1/clusters?x=1', 'Query parameter "x" is not known here; there are none'],
    [FILES, 'Query parameter "path" is missing'],
    [`${FILES}?path=a&raw=perhaps`, 'Query parameter "raw" must be boolean'],
    [`${FILES}?path=a&raw=true`, 'passed'],
    ['/v1/elsewhere?x=1', 'passed'],
  ])('%s', async (path, expected) => expect((await request(app).get(path)).text).toBe(expected));
});
