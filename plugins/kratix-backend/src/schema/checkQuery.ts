import { InputError } from '@backstage/errors';
import Ajv, { type ErrorObject } from 'ajv';
import type { RequestHandler } from 'express';
import { patternOf, type ApiDocument, type Operation } from './document';

const ajv = new Ajv({ coerceTypes: true, strict: false });

function sentence(error: ErrorObject, names: string[]): string {
  const { keyword, params, instancePath, message = 'is not allowed' } = error;
  if (keyword === 'additionalProperties') {
    return `Query parameter "${params.additionalProperty}" is not known here; ${names.length > 0 ? `there are: ${names.join(', ')}` : 'there are none'}`;
  }
  if (keyword === 'required') return `Query parameter "${params.missingProperty}" is missing`;
  const allowed = keyword === 'enum' ? `must be one of ${params.allowedValues.join(', ')}` : message;
  return `Query parameter "${instancePath.slice(1)}" ${allowed}`;
}

function checkerOf({ parameters }: Operation): (query: object) => void {
  const own = parameters.filter(parameter => parameter.in === 'query');
  const names = own.map(({ name }) => name);
  const validate = ajv.compile({
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(own.map(({ name, schema }) => [name, schema])),
    required: own.filter(({ required }) => required).map(({ name }) => name),
  });
  return query => {
    // Values are turned into numbers and booleans where they are checked; the request keeps its texts.
    if (!validate({ ...query }) && validate.errors) throw new InputError(sentence(validate.errors[0], names));
  };
}

/** Refuses what the document does not know of a query, and names the parameter: a misspelt filter must not vanish. */
export function checkQuery(document: ApiDocument): RequestHandler {
  const checks = document.operations().map(operation => ({
    method: operation.method.toUpperCase(),
    pattern: patternOf(operation.path),
    check: checkerOf(operation),
  }));
  return (request, _response, next) => {
    const match = checks.find(({ method, pattern }) => method === request.method && pattern.test(request.path));
    match?.check(request.query);
    next();
  };
}
