import { useMemo } from 'react';
import type { JsonSchema, Preview } from '@kratix-ts/backstage-plugin-kratix-common';
import { ruleOfFormError, ruleOfRefusal, titleOfField, type BrokenRule } from '../../model/fieldRules';
import { useWords } from '../useWords';
import { patternWords } from './patternWords';

/** What of a finding of the form's validator is read and written here. */
interface FormError {
  name?: string;
  property?: string;
  message?: string;
  stack: string;
}

/** Says what is wrong with a field by its title and by what is allowed there, whoever found it. */
export function useRuleWords(schema: JsonSchema): {
  /** For the form: its validator's findings in words, below their fields. */
  transformErrors: <Found extends FormError>(errors: Found[]) => Found[];
  /** What the server refuses, in one sentence that begins with the field. */
  refusal: (problem: Preview['problems'][number]) => string;
} {
  const { t } = useWords();
  return useMemo(() => {
    const rule = (broken: BrokenRule) => (broken.id === 'pattern' ? patternWords(t, broken.pattern) : t(`formError.${broken.id}`, broken.values as never));
    const named = (field: string | undefined, words: string) => (field ? t('formError.field', { field, rule: words }) : words);
    return {
      transformErrors: errors =>
        errors.map(error => {
          const broken = ruleOfFormError(schema, error);
          return broken ? { ...error, message: named(broken.field, rule(broken)), stack: named(broken.field, rule(broken)) } : error;
        }),
      refusal: problem => {
        const broken = ruleOfRefusal(schema, problem);
        if (broken) return named(broken.field, rule(broken));
        const { field = '', message } = problem;
        return named(titleOfField(schema, field) ?? (message.includes(field) ? undefined : field), message);
      },
    };
  }, [schema, t]);
}
