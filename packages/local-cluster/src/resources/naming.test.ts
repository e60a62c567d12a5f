import { acceptNames, takenBy } from './naming';

const names = { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList', shortNames: ['tng'] };
const nobody = takenBy([]);

it('gives what is free', () => {
  expect(acceptNames(names, undefined, nobody)).toEqual({ accepted: names });
});

it.each([
  [{ plural: 'things', kind: 'Other' }, 'PluralConflict', '"things" is already in use'],
  [{ plural: 'others', singular: 'thing', kind: 'Other' }, 'SingularConflict', '"thing" is already in use'],
  [{ plural: 'others', shortNames: ['tng'], kind: 'Other' }, 'ShortNamesConflict', '"tng" is already in use'],
  [{ plural: 'others', kind: 'Thing' }, 'KindConflict', '"Thing" is already in use'],
  [{ plural: 'others', kind: 'Thing', listKind: 'ThingList' }, 'ListKindConflict', '"ThingList" is already in use'],
])('refuses what %j has', (other, reason, message) => {
  expect(acceptNames(names, undefined, takenBy([other])).conflict).toEqual({ reason, message });
});

it('leaves a definition what it had', () => {
  const had = { plural: 'things', kind: 'Old' };
  const { accepted, conflict } = acceptNames(names, had, takenBy([had, { plural: 'others', kind: 'Thing' }]));
  expect(accepted).toMatchObject({ plural: 'things', kind: 'Old', singular: 'thing' });
  expect(conflict?.reason).toBe('KindConflict');
});

it('does not hold its own names against it', () => {
  expect(acceptNames(names, names, takenBy([names]))).toEqual({ accepted: names });
});
