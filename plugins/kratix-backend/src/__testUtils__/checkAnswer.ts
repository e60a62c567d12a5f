import Ajv from 'ajv/dist/2020';
import type { Response } from 'supertest';
import { loadDocument, patternOf } from '../schema/document';

const document = loadDocument();
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema(document.content, 'api');
const operations = document.operations().map(operation => ({ ...operation, pattern: patternOf(operation.path) }));

function schemaPointer(pointer: string, status: number): string | undefined {
  const [place, which] = [String(status), 'default'].map(key => `${pointer}/responses/${key}`);
  const at = document.resolve({ $ref: place }) === undefined ? which : place;
  const answer = document.resolve({ $ref: at });
  const reference = document.resolve({ $ref: at.slice(0, at.lastIndexOf('/')) }) as Record<string, { $ref?: string }>;
  const base = reference[at.slice(at.lastIndexOf('/') + 1)]?.$ref ?? at;
  return answer === undefined ? undefined : `${base}/content/application~1json/schema`;
}

/** For `.expect(…)` of supertest: throws where an answer is not as the document says. */
export function checkAnswer({ status, type, body, request }: Response & { request: { method: string; url: string } }): void {
  const { pathname } = new URL(request.url);
  const path = pathname.replace(/^\/api\/kratix/, '');
  const operation = operations.find(({ method, pattern }) => method === request.method.toLowerCase() && pattern.test(path));
  if (!operation) throw new Error(`openapi.yaml lacks ${request.method} ${path}`);
  if (type !== 'application/json') return;
  const pointer = schemaPointer(operation.pointer, status);
  if (!pointer) throw new Error(`openapi.yaml lacks status ${status} of ${request.method} ${operation.path}`);
  const validate = ajv.getSchema(`api${pointer}`);
  if (!validate) throw new Error(`openapi.yaml lacks the answer ${status} of ${request.method} ${operation.path}`);
  if (!validate(body)) throw new Error(`${request.method} ${path} answered ${status} otherwise than openapi.yaml says: ${ajv.errorsText(validate.errors)}`);
}
