import { hideSecrets, revealSecrets, secretToken } from './formSecrets';

const password = { type: 'string', format: 'password' };
const schema = { type: 'object', properties: { size: { type: 'string' }, password, users: { type: 'array', items: { type: 'object', properties: { key: { ...password, format: undefined, 'x-ui-secret': true } } } } } };
const spec = { size: 'small', password: 'hunter2', users: [{ key: 'a' }, { key: 'b' }] };

it('puts a token in the place of each secret, and the secrets in the place of their tokens', () => {
  const hidden = hideSecrets(spec, schema);
  expect(hidden).toEqual({ size: 'small', password: secretToken('spec.password'), users: [{ key: secretToken('spec.users[0].key') }, { key: secretToken('spec.users[1].key') }] });
  expect(revealSecrets(hidden, schema, spec)).toEqual(spec);
});

it('knows a secret by its token wherever it was moved to, and keeps what was typed', () => {
  const edited = { size: 'large', password: 'new', users: [{ key: secretToken('spec.users[1].key') }] };
  expect(revealSecrets(edited, schema, spec)).toEqual({ size: 'large', password: 'new', users: [{ key: 'b' }] });
});

it('names the field whose secret is gone', () => {
  expect(() => revealSecrets({ users: [{ key: secretToken('spec.users[7].key') }] }, schema, spec)).toThrow('spec.users[0].key keeps a secret that is not there any more');
});

it('leaves specs of unknown schema alone', () => expect(hideSecrets(spec, undefined)).toEqual(spec));
