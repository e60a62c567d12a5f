import { useEffect, useState } from 'react';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import { useWords } from '../components/useWords';

/** What the form hands to a field of ours. `Options` is what stands in its `ui:options`. */
export type FieldProps<Value, Options = object> = FieldExtensionComponentProps<Value, Options>;

/** What of a field's properties says what it is called; their types vary with its value. */
interface Named {
  name: string;
  required?: boolean;
  schema: { title?: string; description?: string };
  uiSchema: { 'ui:title'?: string; 'ui:description'?: string };
}

/** The words around a field: those of every form, as the parts of our controls. */
export function useFieldWords({ schema, uiSchema, name, required }: Named, fallback: string) {
  const { t } = useWords();
  const title = uiSchema['ui:title'] ?? schema.title;
  // The items of a list have no title, and numbers for names.
  const isNamed = name !== '' && !/^\d+$/.test(name);
  return {
    label: title || (isNamed ? name : fallback),
    description: uiSchema['ui:description'] ?? schema.description,
    secondaryLabel: required ? t('fields.required') : undefined,
  };
}

/** What a question to the portal was answered. */
export type Answer<T> = { value?: T; error?: Error; isLoading: boolean };

/** Asks when the field is first shown, and again when `key` changes. */
export function useAnswer<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ isLoading: true });
  useEffect(() => {
    const stop = new AbortController();
    setAnswer({ isLoading: true });
    const take = (taken: Answer<T>) => !stop.signal.aborted && setAnswer(taken);
    ask(stop.signal).then(
      value => take({ value, isLoading: false }),
      error => take({ error: error instanceof Error ? error : new Error(String(error)), isLoading: false }),
    );
    return () => stop.abort();
    // The key stands for what is asked.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return answer;
}
