import { brokenRule, ruleOfFormError, ruleOfRefusal, titleOfField } from './fieldRules';

const dns = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
const schema = {
  type: 'object',
  required: ['team'],
  properties: {
    team: { type: 'string', pattern: dns, minLength: 3 },
    size: { type: 'string', enum: ['small', 'large', null] },
    code: { type: 'string', pattern: '^[A-Z]{2}-\\d+$', description: 'Two letters and a number.' },
    odd: { type: 'string', pattern: '^x+y$' },
    mail: { type: 'string', format: 'email' },
    replicaCount: { type: 'integer', minimum: 1, maximum: 5, 'x-ui-title': 'How many' },
    tags: { type: 'array', maxItems: 2, items: { type: 'string', maxLength: 9 } },
    users: { type: 'array', items: { type: 'object', properties: { name: { type: 'string', minLength: 1 } } } },
    labels: { type: 'object', additionalProperties: { type: 'string', pattern: '^[a-z]+$' } },
  },
};

it.each<[(string | number)[], string, object | undefined]>([
  [['team'], 'pattern', { field: 'Team', id: 'pattern', pattern: expect.objectContaining({ holds: ['lower', 'digit', 'hyphen'] }) }],
  [['team'], 'required', { field: 'Team', id: 'required', values: {} }],
  [['team'], 'minLength', { field: 'Team', id: 'minLength', values: { limit: '3' } }],
  [['size'], 'enum', { field: 'Size', id: 'enum', values: { allowed: 'small, large' } }],
  [['size'], 'const', { field: 'Size', id: 'enum', values: { allowed: 'small, large' } }],
  [['code'], 'pattern', { field: 'Code', id: 'patternWords', values: { words: 'Two letters and a number', pattern: '^[A-Z]{2}-\\d+$' } }],
  [['odd'], 'pattern', { field: 'Odd', id: 'patternAlone', values: { pattern: '^x+y$' } }],
  [['mail'], 'format', { field: 'Mail', id: 'format', values: { format: 'email' } }],
  [['replicaCount'], 'minimum', { field: 'How many', id: 'minimum', values: { limit: '1' } }],
  [['replicaCount'], 'type', { field: 'How many', id: 'type.integer', values: {} }],
  [['tags'], 'maxItems', { field: 'Tags', id: 'maxItems', values: { limit: '2' } }],
  [['tags', '1'], 'maxLength', { field: 'Tags › 2', id: 'maxLength', values: { limit: '9' } }],
  [['users', 0, 'name'], 'minLength', { field: 'Users › 1 › Name', id: 'minLength', values: { limit: '1' } }],
  [['labels', 'a.b'], 'pattern', { field: 'Labels › a.b', id: 'pattern', pattern: { holds: ['lower'] } }],
  // What the schema does not have, nobody can put into other words.
  [['nobody'], 'required', undefined],
  [['team'], 'maximum', undefined],
  [['team'], 'oneOf', undefined],
])('says of %j that it breaks "%s"', (keys, keyword, expected) => {
  expect(brokenRule(schema, keys, keyword)).toEqual(expected);
});

it.each([
  [{ name: 'pattern', property: '.team' }, 'Team', 'pattern'],
  [{ name: 'required', property: 'team' }, 'Team', 'required'],
  [{ name: 'minLength', property: '.users.0.name' }, 'Users › 1 › Name', 'minLength'],
])('reads what the form found: %j', (error, field, id) => expect(ruleOfFormError(schema, error)).toMatchObject({ field, id }));

it.each([
  [`Invalid value: "X": spec.team in body should match '${dns}'`, 'spec.team', 'pattern'],
  ['Required value', 'spec.team', 'required'],
  ['Unsupported value: "x": supported values: "small", "large"', 'spec.size', 'enum'],
  ['Invalid value: 0: spec.replicaCount in body should be greater than or equal to 1', 'spec.replicaCount', 'minimum'],
  ['Invalid value: 9: spec.replicaCount in body should be less than or equal to 5', 'spec.replicaCount', 'maximum'],
  ['Invalid value: "": spec.users[0].name in body should be at least 1 chars long', 'spec.users[0].name', 'minLength'],
  ['Too many: 3: must have at most 2 items', 'spec.tags', 'maxItems'],
  ['Invalid value: "string": spec.replicaCount in body must be of type integer: "string"', 'spec.replicaCount', 'type.integer'],
  ['must be a team of the directory', 'spec.team', undefined],
  ['Required value', 'metadata.name', undefined],
])('reads what the server refuses: %s', (message, field, id) => expect(ruleOfRefusal(schema, { field, message })?.id).toBe(id));

it('names a field by its titles', () => {
  expect(titleOfField(schema, 'spec.users[1].name')).toBe('Users › 2 › Name');
  expect(titleOfField(schema, 'metadata.name')).toBeUndefined();
});
