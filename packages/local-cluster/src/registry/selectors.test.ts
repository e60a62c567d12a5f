import { fieldFilter, labelFilter } from './selectors';

const object = { metadata: { name: 'n', namespace: 'ns', labels: { app: 'web', 'example.com/tier': 'front', rank: '5' } }, status: { phase: 'Running' }, spec: {} };

describe('label selectors', () => {
  it.each([
    ['', true],
    ['app', true],
    ['!app', false],
    ['!other', true],
    ['app=web', true],
    ['app==web,example.com/tier=front', true],
    ['app!=web', false],
    ['other!=x', true],
    ['app in (a, web)', true],
    ['app notin (a,web)', false],
    ['other notin (a)', true],
    ['app in (web),rank>4', true],
    ['rank<5', false],
    ['app=', false],
  ])('%j selects: %s', (selector, expected) => expect(labelFilter(selector)?.(object) ?? true).toBe(expected));

  it.each(['a===b', 'a in b', 'a b', '=x', '(a)'])('%j cannot be read', selector => {
    expect(() => labelFilter(selector)).toThrow(expect.objectContaining({ code: 400 }));
  });
});

describe('field selectors', () => {
  it.each([
    ['metadata.name=n', true],
    ['metadata.name==n,metadata.namespace=ns', true],
    ['metadata.name!=n', false],
    ['status.phase=Running', true],
    ['spec.nodeName=', true],
    ['spec.nodeName!=', false],
  ])('%j selects: %s', (selector, expected) => expect(fieldFilter(selector, ['.status.phase', '.spec.nodeName'])?.(object)).toBe(expected));

  it('names only fields that can be selected by', () => {
    expect(() => fieldFilter('spec.color=red', ['.spec.size'])).toThrow('field label not supported: spec.color');
    expect(() => fieldFilter('nonsense', [])).toThrow("can't understand 'nonsense'");
  });
});
