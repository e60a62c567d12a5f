import { useEffect, useRef, useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import { useWords } from '../components/useWords';
import { useFieldWords, type FieldProps } from './fieldParts';
import { readYamlText, yamlText } from './yamlText';

type Props = FieldProps<unknown, { objectOnly?: boolean; rows?: number }>;

/** A value of any shape as YAML. The form's value is what the text says, not the text. */
export function YamlField(props: Props) {
  const { formData, onChange, uiSchema, required, disabled, idSchema } = props;
  const { t } = useWords();
  const words = useFieldWords(props, t('fields.yaml'));
  const { objectOnly = false, rows = 6 } = uiSchema['ui:options'] ?? {};
  const [text, setText] = useState(() => yamlText(formData));
  const written = useRef(yamlText(formData));
  useEffect(() => {
    // Somebody else set the value, such as the form with its defaults: what people typed stays as they typed it.
    const given = yamlText(formData);
    if (given === written.current) return;
    written.current = given;
    setText(given);
  }, [formData]);

  const reading = readYamlText(text, objectOnly);
  const change = (typed: string) => {
    setText(typed);
    const { value } = readYamlText(typed, objectOnly);
    written.current = yamlText(value);
    onChange(value);
  };
  const problem = reading.problem && (reading.problem === 'noMapping' ? t('fields.yamlNoMapping') : t('fields.yamlInvalid', { words: reading.words }));
  return (
    <TextAreaField
      {...words}
      id={idSchema.$id}
      description={problem ?? words.description ?? t('fields.yamlHint')}
      value={text}
      onChange={change}
      rows={rows}
      isRequired={required}
      isDisabled={disabled}
      isInvalid={Boolean(problem)}
      spellCheck="false"
    />
  );
}
