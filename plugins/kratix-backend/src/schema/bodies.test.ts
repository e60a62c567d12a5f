import { InputError } from '@backstage/errors';
import Ajv from 'ajv/dist/2020';
import fc from 'fast-check';
import { parseAction, parseDryRun, parseNewRequest, parseSpecEdit, parseTrial, parseVersionWish } from '../service/requestInput';
import { loadDocument } from './document';

const document = loadDocument();
const ajv = new Ajv({ strict: false });
ajv.addSchema(document.content, 'api');

interface Body {
  id: string;
  takes: (body: unknown) => boolean;
}

/** Every operation with a body, and whether the document takes one. */
const bodies: Body[] = document.operations().flatMap(({ pointer }) => {
  const { operationId, requestBody } = document.resolve({ $ref: pointer }) as { operationId: string; requestBody?: { required?: boolean } };
  if (!requestBody) return [];
  const validate = ajv.getSchema(`api${pointer}/requestBody/content/application~1json/schema`);
  if (!validate) throw new Error(`${operationId}: the schema of its body is not found`);
  return [{ id: operationId, takes: (body: unknown) => (body === undefined ? requestBody.required !== true : validate(body) === true) }];
});

/** What reads the body of each operation. */
const readers: Record<string, (body: unknown) => unknown> = {
  createRequest: parseTrial,
  updateRequest: parseSpecEdit,
  previewUpdate: parseSpecEdit,
  startDryRun: parseDryRun,
  rerunRequest: body => parseAction('rerun', body),
  retryRequest: body => parseAction('retry', body),
  pinRequest: body => parseVersionWish('pin', body),
  upgradeRequest: body => parseVersionWish('upgrade', body),
};

function isRead(read: (body: unknown) => unknown, body: unknown): boolean {
  try {
    read(body);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

const text = fc.constantFrom('', 'v1', ' ', '𝒳', 'kratix-secret:spec.password');
const number = fc.oneof(fc.integer(), fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(2 ** 53, 2 ** 53 - 1, -1, 0, 1e300));
const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });
const value = fc.oneof(text, number, object, object, fc.boolean(), fc.constant(null), fc.array(object, { maxLength: 2 }));
const fields = fc.record({ name: value, spec: fc.oneof(object, value), base: fc.oneof(object, value), generation: fc.oneof(fc.nat(), value), from: value, step: value, version: value, other: value }, { requiredKeys: [] });
/** As Express hands them over: what is JSON, or nothing. */
const body = fc.oneof({ weight: 9, arbitrary: fields }, { weight: 1, arbitrary: value.map(given => (given === null ? undefined : given)) }).map(given => (given === undefined ? undefined : JSON.parse(JSON.stringify(given)) as unknown));

it('reads the body of every operation that has one', () => {
  expect(bodies.map(({ id }) => id).sort()).toEqual(Object.keys(readers).sort());
});

it.each(bodies)('$id takes the bodies that the document takes, and no others', ({ id, takes }) => {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(body, given => {
      const expected = takes(given);
      seen.add(expected);
      return isRead(readers[id], given) === expected;
    }),
    { numRuns: 3000, seed: 83 },
  );
  expect(seen.size).toBe(2);
});

it('takes a new request only with a name, beyond what the document says', () => {
  const { takes } = bodies.find(({ id }) => id === 'createRequest') as Body;
  const isNamed = (given: unknown) => typeof given === 'object' && given !== null && 'name' in given;
  const same = fc.property(body, given => isRead(parseNewRequest, given) === (takes(given) && isNamed(given)));
  expect(fc.check(same, { numRuns: 3000, seed: 83 })).toMatchObject({ failed: false, counterexample: null });
});
