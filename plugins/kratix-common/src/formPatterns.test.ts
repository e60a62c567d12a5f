import { patternWords } from './formPatterns';

describe('patternWords', () => {
  it.each([
    ['^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', 'must hold only lower-case letters, digits and hyphens and begin and end with a lower-case letter or a digit'],
    ['^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$', 'must hold only lower-case letters, digits and hyphens, begin with a lower-case letter, end with a lower-case letter or a digit and be at most 20 characters long'],
    ['^[a-zA-Z0-9]([-a-zA-Z0-9_.]*[a-zA-Z0-9])?$', 'must hold only lower-case letters, capital letters, digits, hyphens, underscores and dots and begin and end with a lower-case letter, a capital letter or a digit'],
    ['^[a-z0-9][-a-z0-9.]*[a-z0-9]$', 'must hold only lower-case letters, digits, hyphens and dots and begin and end with a lower-case letter or a digit'],
    ['^[a-z]+$', 'must hold only lower-case letters'],
    ['^[\\d]{4}$', 'must hold only digits and be 4 characters long'],
    ['^[A-Z\\-]{2,5}$', 'must hold only capital letters and hyphens and be 2 to 5 characters long'],
    ['^[a-z]{3,}$', 'must hold only lower-case letters and be at least 3 characters long'],
    ['^[a-z]{0,8}$', 'must hold only lower-case letters and be at most 8 characters long'],
  ])('tells %s', (pattern, words) => expect(patternWords(pattern)).toBe(words));

  it.each(['^(a|b)$', '[a-z]+', '^[^a-z]+$', '^[a-f]+$', '^\\d+(ms|s)$', ''])('leaves %j to itself', pattern => expect(patternWords(pattern)).toBeUndefined());
});
