import type { Schema, ValidationRule } from '../schema/types';
import type { CustomResourceDefinition } from './definition';
import { checkRuleTexts } from './rules';

const PATH = 'spec.validation.openAPIV3Schema';

function errorsOf(schema: Schema): string[] {
  const spec = { group: 'a.b', names: { plural: 'as', kind: 'A' }, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }] };
  return checkRuleTexts({ spec } as unknown as CustomResourceDefinition).map(({ field, message }) => `${field.slice(PATH.length + 1)}: ${message}`);
}

const withRule = (rule: Partial<ValidationRule>): Schema => ({
  type: 'object',
  properties: { spec: { type: 'object', properties: { size: { type: 'integer' }, 'a-b': { type: 'string' } }, 'x-kubernetes-validations': [{ rule: 'true', ...rule }] } },
});
const at = 'properties[spec].x-kubernetes-validations[0]';

it.each<[Partial<ValidationRule>, string]>([
  [{ rule: ' ' }, `${at}.rule: Required value: rule is not specified`],
  [{ rule: 'self.none' }, `${at}.rule: Invalid value: {"Rule":"self.none","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:5: undefined field 'none'\n | self.none\n | ....^`],
  [{ optionalOldSelf: true }, `${at}.optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`],
  [{ messageExpression: '1' }, `${at}.messageExpression: Invalid value: {"Rule":"true","Message":"","MessageExpression":"1","Reason":null,"FieldPath":"","OptionalOldSelf":null}: messageExpression must evaluate to a string`],
  [{ reason: 'Because' }, `${at}.reason: Unsupported value: "Because": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"`],
  [{ fieldPath: '.none' }, `${at}.fieldPath: Invalid value: ".none": must be a valid path`],
  [{ message: ' ' }, `${at}.message: Invalid value: " ": must be non-empty if specified`],
  [{ message: 'a\nb' }, `${at}.message: Invalid value: "a\\nb": must not contain line breaks`],
  [{ rule: 'true ||\ntrue' }, `${at}.message: Required value: message must be specified if rule contains line breaks`],
  [{ fieldPath: '.size' }, ''],
  [{ fieldPath: "['a-b']" }, ''],
  [{ rule: 'self.size >= oldSelf.size', reason: 'FieldValueForbidden', message: 'only up' }, ''],
  [{ rule: 'oldSelf.hasValue() || self.size == 1', optionalOldSelf: true }, ''],
])('judges %j', (rule, expected) => {
  expect(errorsOf(withRule(rule))).toEqual(expected ? [expected] : []);
});

it('lets rules see the name of an object, and no more of its metadata', () => {
  const root = (rule: string): Schema => ({ type: 'object', properties: {}, 'x-kubernetes-validations': [{ rule }] });
  expect(errorsOf(root('self.metadata.name.startsWith("a")'))).toEqual([]);
  expect(errorsOf(root('self.metadata.labels.size() > 0'))).toEqual([expect.stringContaining("undefined field 'labels'")]);
});

it('refuses oldSelf where entries cannot be told apart', () => {
  const list = (type: string): Schema => ({
    type: 'object',
    properties: { list: { type: 'array', 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': ['k'], items: { type: 'object', properties: { k: { type: 'string' } }, 'x-kubernetes-validations': [{ rule: 'self.k == oldSelf.k' }] } } },
  });
  expect(errorsOf(list('map'))).toEqual([]);
  expect(errorsOf(list('atomic'))).toEqual([expect.stringContaining('oldSelf cannot be used on the uncorrelatable portion of the schema')]);
});
