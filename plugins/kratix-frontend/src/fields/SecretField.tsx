import { useState } from 'react';
import { useTemplateSecrets } from '@backstage/plugin-scaffolder-react';
import { PasswordField } from '@backstage/ui';
import { isSecretToken, secretToken } from '@kratix-ts/backstage-plugin-kratix-common';
import { useWords } from '../components/useWords';
import { useFieldWords, type FieldProps } from './fieldParts';

interface SecretRules {
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}

/** Stands for a secret that does not fit its rules; no task has a secret of this name. */
export const UNFIT_SECRET = secretToken('');

type Rule = { key: 'secretShort' | 'secretLong'; count: number } | { key: 'secretPattern'; pattern: string };

function brokenRule(text: string, { minLength = 0, maxLength = Infinity, pattern }: SecretRules): Rule | undefined {
  if (text.length < minLength) return { key: 'secretShort', count: minLength };
  if (text.length > maxLength) return { key: 'secretLong', count: maxLength };
  return pattern && !new RegExp(pattern, 'u').test(text) ? { key: 'secretPattern', pattern } : undefined;
}

/** A text that only its reader may see. It goes among the task's secrets; the form's value is a token in its place. */
export function SecretField(props: FieldProps<string, SecretRules>) {
  const { formData, onChange, uiSchema, required, disabled, idSchema } = props;
  const { t } = useWords();
  const words = useFieldWords(props, t('fields.secret'));
  const { secrets, setSecrets } = useTemplateSecrets();
  const rules = uiSchema['ui:options'] ?? {};
  const known = typeof formData === 'string' && Object.hasOwn(secrets, formData) ? formData : undefined;
  // By chance, since items of a list take over each other's ids.
  const [token] = useState(() => known ?? secretToken(`${idSchema.$id}-${Math.random().toString(36).slice(2)}`));
  const [kept] = useState(() => (!known && isSecretToken(formData) && formData !== UNFIT_SECRET ? formData : undefined));
  const [text, setText] = useState(known ? secrets[known] : '');

  const change = (typed: string) => {
    setText(typed);
    if (typed === '') onChange(kept);
    else if (brokenRule(typed, rules)) onChange(UNFIT_SECRET);
    else {
      setSecrets({ [token]: typed });
      onChange(token);
    }
  };
  const broken = text === '' ? undefined : brokenRule(text, rules);
  return (
    <PasswordField
      {...words}
      id={idSchema.$id}
      description={broken ? ruleWords(t, broken) : words.description ?? t('fields.secretHint')}
      placeholder={kept && t('fields.secretKept')}
      value={text}
      onChange={change}
      autoComplete="new-password"
      isRequired={required}
      isDisabled={disabled}
      isInvalid={Boolean(broken)}
    />
  );
}

function ruleWords(t: ReturnType<typeof useWords>['t'], rule: Rule): string {
  if (rule.key === 'secretPattern') return t('fields.secretPattern', { pattern: rule.pattern });
  return rule.key === 'secretShort' ? t('fields.secretShort', { least: String(rule.count) }) : t('fields.secretLong', { most: String(rule.count) });
}
