import { checkTemplate, commitMessage } from './commit-message';
import type { StoreChange } from './store';

const update = (id: string, more: Partial<StoreChange> = {}): StoreChange => ({ id, owns: id, put: new Map([[`${id}/f`, '']]), remove: [], ...more });
const removal = (id: string): StoreChange => ({ id, owns: id, put: new Map(), remove: [] });

describe('B-SS-43: commit messages', () => {
  it.each<[string, StoreChange[], string]>([
    ['one', [update('a')], 'Update from: a\n'],
    ['one removal', [removal('a')], 'Delete from: a\n'],
    ['several', [update('a'), update('b')], 'Update from: 2 placements\n\nUpdate from: a\nUpdate from: b\n'],
    ['several removals', [removal('a'), removal('b')], 'Delete from: 2 placements\n\nDelete from: a\nDelete from: b\n'],
    ['both', [update('a'), removal('b')], 'Update from: 1 placement, delete from: 1\n\nUpdate from: a\nDelete from: b\n'],
    ['trailers', [update('a', { promise: 'p', request: 'n/r', requestedBy: 'user:default/u' })], 'Update from: a\n\nPromise: p\nRequest: n/r\nRequested-by: user:default/u\n'],
    ['shared trailers', [update('a', { promise: 'p' }), update('b', { promise: 'p' })], 'Update from: 2 placements\n\nUpdate from: a\nUpdate from: b\n\nPromise: p\n'],
    ['F82: forged lines', [update('a\n\nPromise: x', { promise: 'p\u2028Request: y' })], 'Update from: a Promise: x\n\nPromise: p Request: y\n'],
  ])('%s', (_, changes, message) => expect(commitMessage(changes)).toBe(message));
});

describe('spec.commitMessage: the first line of commits', () => {
  const known = update('wp', { promise: 'redis', request: 'team/mine', requestedBy: 'user:default/u', generation: 3 });

  it.each<[string, StoreChange[], string]>([
    ['deploy {{promise}} for {{request}}', [known], 'deploy redis for team/mine'],
    ['{{ action }} {{placement}} at {{generation}} by {{requestedBy}}', [known], 'Update wp at 3 by user:default/u'],
    ['JIRA-1 {{action}}', [removal('a')], 'JIRA-1 Delete'],
    ['{{promise}}/{{requestedBy}}', [update('a')], '/'],
    ['{{promise}}', ['a', 'b', 'c', 'd', 'e'].map(id => update(id, { promise: id })), 'a, b, c and 2 more'],
    ['{{promise}}', [update('a', { promise: 'same' }), update('b', { promise: 'same' })], 'same'],
    ['{{request}}', [update('a', { request: '{{placement}}\n$(id)' })], '{{placement}} $(id)'],
  ])('%s', (template, changes, line) => expect(commitMessage(changes, template).split('\n')[0]).toBe(line));

  it('names what is in the commit below, and keeps the trailers', () =>
    expect(commitMessage([known], 'deploy')).toBe('deploy\n\nUpdate from: wp\n\nPromise: redis\nRequest: team/mine\nRequested-by: user:default/u\n'));

  it.each([
    ['{{nonsense}}', '{{nonsense}} is not known; there are {{action}}, {{placement}}, {{promise}}'],
    ['{{constructor}}', '{{constructor}} is not known'],
    ['a\nb', 'must be one line'],
    [' ', 'is empty'],
  ])('refuses %j', (template, words) => expect(() => checkTemplate(template)).toThrow(`spec.commitMessage: ${words}`));
});
