import type { Characters, PatternRule } from '@kratix-ts/backstage-plugin-kratix-common';
import type { useWords } from '../useWords';

/** What a pattern asks for, in sentences of the user's language. */
export function patternWords(t: ReturnType<typeof useWords>['t'], { holds, begins, ends, least, most }: PatternRule): string {
  const all = new Intl.ListFormat(t('locale'), { type: 'conjunction' });
  const any = new Intl.ListFormat(t('locale'), { type: 'disjunction' });
  const one = (characters: Characters[] | undefined) => characters && any.format(characters.map(key => t(`formError.one.${key}`)));
  const [first, last] = [one(begins), one(ends)];
  const rules = [
    t('formError.holds.only', { characters: all.format(holds.map(key => t(`formError.many.${key}`))) }),
    first && first === last && t('formError.holds.beginsAndEnds', { characters: first }),
    first && first !== last && t('formError.holds.begins', { characters: first }),
    last && first !== last && t('formError.holds.ends', { characters: last }),
    least !== undefined && least === most && t('formError.holds.exactly', { limit: String(least) }),
    least !== undefined && least !== most && t('formError.minLength', { limit: String(least) }),
    most !== undefined && least !== most && t('formError.maxLength', { limit: String(most) }),
  ];
  return rules.filter(Boolean).join(' ');
}
