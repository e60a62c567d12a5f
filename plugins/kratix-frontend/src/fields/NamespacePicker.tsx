import { useEffect } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { Alert, Select, TextField } from '@backstage/ui';
import { kratixApiRef } from '../apis/KratixApi';
import { useWords } from '../components/useWords';
import { useAnswer, useFieldWords, type FieldProps } from './fieldParts';

/** Which Promise the form makes requests of. */
export interface OfferOptions {
  cluster?: string;
  promise?: string;
}

const SEARCHED_FROM = 8;

/** What was chosen, if it may be; where there is one alone, that one. */
function chosenOf(names: string[], value: string | undefined): string | undefined {
  if (value && names.includes(value)) return value;
  return names.length === 1 ? names[0] : undefined;
}

/**
 * The namespaces in which the caller may make a request. Where the portal cannot list them, any name can be typed: the
 * server decides in the end.
 */
export function NamespacePicker(props: FieldProps<string, OfferOptions>) {
  const { formData, onChange, uiSchema, required, disabled, idSchema } = props;
  const { t } = useWords();
  const api = useApi(kratixApiRef);
  const words = useFieldWords(props, 'Namespace');
  const { cluster, promise } = uiSchema['ui:options'] ?? {};
  const { value: found, isLoading } = useAnswer(`${cluster}/${promise}`, signal => api.namespaces({ cluster, promise }, signal));
  const names = found && [...new Set(found.map(({ name }) => name))].sort();
  const wanted = names && chosenOf(names, formData);
  useEffect(() => {
    if (names && wanted !== formData) onChange(wanted);
  });

  if (isLoading || !names) {
    return (
      <TextField {...words} id={idSchema.$id} value={formData ?? ''} onChange={typed => onChange(typed || undefined)} isRequired={required} isDisabled={disabled} />
    );
  }
  if (names.length === 0) return <Alert status="warning" icon title={t('fields.namespaceNone')} />;
  return (
    <Select
      {...words}
      id={idSchema.$id}
      placeholder={t('fields.namespaceChoose')}
      options={names.map(name => ({ value: name, label: name }))}
      search={names.length >= SEARCHED_FROM ? true : undefined}
      selectedKey={wanted ?? null}
      onSelectionChange={key => onChange(key === null ? undefined : String(key))}
      isRequired={required}
      isDisabled={disabled}
    />
  );
}
