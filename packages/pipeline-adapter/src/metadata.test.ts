import { parseControl, parseSelectors, parseStatus } from './metadata';

describe('B-POD-11: destination-selectors.yaml', () => {
  it.each<[string | undefined, unknown]>([
    [undefined, []],
    ['', []],
    ['---\n', []],
    ['[]', []],
    ['- matchLabels: {env: dev}', [{ directory: '.', matchLabels: { env: 'dev' } }]],
    ['- directory: ./db/\n  matchLabels: {env: dev}\n- directory: .\n  matchlabels: {a: "1"}', [{ directory: 'db', matchLabels: { env: 'dev' } }, { directory: '.', matchLabels: { a: '1' } }]],
  ])('reads %j', (text, entries) => expect(parseSelectors(text)).toEqual(entries));

  it.each([
    ['a: [', /^invalid destination-selectors.yaml: /],
    ['just text', /it is not a list/],
    ['directory: x', /it is not a list/],
    ['- x', /index 0 is not a map/],
    ['- matchLabels: {a: b}\n- directory: x', /^invalid destination-selectors.yaml: entry with index 1 has no selectors$/],
    ['- matchLabels: {}', /entry with index 0 has no selectors/],
    ['- matchLabels: [a]', /index 0 is not a map of labels/],
    ['- matchLabels: {a: true}', /label "a" .* is true and not a text; put it in quotes/],
    ['- matchLabels: {a: b}\n  dir: x', /unknown key "dir"/],
    ['- directory: 1\n  matchLabels: {a: b}', /directory of the entry with index 0 is not a text/],
    ['- matchLabels: {a: b}\n- directory: ./\n  matchLabels: {c: d}', /^duplicate entries in destination-selectors.yaml: /],
    ['- directory: a/b\n  matchLabels: {a: b}', /^invalid directory in destination-selectors.yaml: a\/b, sub-directories are not allowed$/],
    ['- directory: ..\n  matchLabels: {a: b}', /^invalid directory in destination-selectors.yaml: \.\./],
    ['- directory: /abs\n  matchLabels: {a: b}', /^invalid directory in destination-selectors.yaml: \/abs/],
  ])('B37: refuses %j', (text, message) => expect(() => parseSelectors(text)).toThrow(message));
});

describe('B-POD-20: status.yaml', () => {
  it.each<[string | undefined, unknown]>([
    [undefined, undefined],
    ['', undefined],
    ['# nothing', undefined],
    ['{}', undefined],
    ['url: https://x\ncount: 1\nlist: [a]\nnothing: null', { url: 'https://x', count: 1, list: ['a'], nothing: null }],
  ])('B35: reads %j', (text, status) => expect(parseStatus(text)).toEqual(status));

  it.each([
    ['- a', /it is not a map/],
    ['text', /it is not a map/],
    ['kratix: {}', /the key "kratix" belongs to the engine/],
    ['a: [', /^invalid status.yaml: /],
    ['a: 1\n---\nb: 2', /one document was expected/],
  ])('refuses %j', (text, message) => expect(() => parseStatus(text)).toThrow(message));
});

describe('B-POD-24: workflow-control.yaml', () => {
  it.each<[string | undefined, unknown]>([
    [undefined, undefined],
    ['', undefined],
    ['suspend: false', undefined],
    ['message: hello', undefined],
    ['suspend: true', { suspend: true }],
    ['suspend: true\nmessage: wait', { suspend: true, message: 'wait' }],
    ['retryAfter: 1h30m', { retryAfter: '1h30m' }],
    ['suspend: true\nretryAfter: 500ms\nmessage: m', { retryAfter: '500ms', message: 'm' }],
    ['suspend: false\nretryAfter: 5s', { retryAfter: '5s' }],
  ])('B38: reads %j', (text, control) => expect(parseControl(text)).toEqual(control));

  it.each([
    ['retryAfter: 1d', /"1d" is not a duration/],
    ['retryAfter: 5', /"5" is not a duration/],
    ['retryAfter: soon', /"soon" is not a duration/],
    ['retryAfter: -5s', /-5s is not in the future/],
    ['retryAfter: 0s', /0s is not in the future/],
    ['retryAfter: 99999h', /more than ten years/],
    ['suspend: "yes"', /suspend is "yes", and neither true nor false/],
    ['suspend: true\nmessage: [a]', /message is not a text/],
    ['- suspend', /it is not a map/],
  ])('refuses %j', (text, message) => expect(() => parseControl(text)).toThrow(message));

  it('shortens a message that no status would hold', () => expect(parseControl(`suspend: true\nmessage: ${'é'.repeat(3000)}`)?.message).toHaveLength(501));
});
