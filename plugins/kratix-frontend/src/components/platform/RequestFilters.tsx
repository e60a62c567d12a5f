import { memo, useEffect, useMemo, useState } from 'react';
import { Button, SearchField, Select } from '@backstage/ui';
import { RiCloseLine } from '@remixicon/react';
import { requestSorts, type RequestPage } from '@kratix-ts/backstage-plugin-kratix-common';
import { isFiltered, type Sort, type TableQuery } from '../../model/requestQuery';
import { useStable } from '../useStable';
import { useWords } from '../useWords';
import styles from './RequestFilters.module.css';

/** So many values that one rather types than looks. */
const MANY = 12;
/** How long the typing rests before it is asked. Milliseconds. */
const REST_MS = 120;

interface ChoiceProps {
  field: 'promise' | 'namespace' | 'requestedBy';
  label: string;
  any: string;
  /** The same array as long as the values are the same. */
  options: string[];
  chosen: string[];
  onChange(change: Partial<TableQuery>): void;
}

const NO_VALUES: string[] = [];

/** Drawn only when what it shows changes: hundreds of options take longer than the rows of the table. */
const Choice = memo(
  ({ field, label, any, options, chosen, onChange }: ChoiceProps) => {
    const items = useMemo(() => {
      // What an address asks for stays to be taken away, even where nothing has it.
      const all = [...new Set([...options, ...chosen])].sort();
      return all.map(value => ({ id: value, label: field === 'requestedBy' ? value.replace(/^user:default\//, '') : value }));
    }, [field, options, chosen]);
    return (
      <Select
        className={styles.choice}
        size="small"
        selectionMode="multiple"
        aria-label={label}
        placeholder={any}
        search={items.length > MANY ? true : undefined}
        options={items}
        value={chosen}
        onChange={keys => onChange({ [field]: keys.map(String) })}
      />
    );
  },
  (a, b) =>
    a.options === b.options && a.onChange === b.onChange && a.label === b.label && a.chosen.join('\n') === b.chosen.join('\n'),
);

/** Shows what is typed at once, and asks when the typing rests. */
const TextFilter = memo(({ text, onChange }: { text: string; onChange(text: string): void }) => {
  const { t } = useWords();
  const [typed, setTyped] = useState(text);
  const [asked, setAsked] = useState(text);
  if (text !== asked) {
    setAsked(text);
    setTyped(text);
  }
  useEffect(() => {
    if (typed === asked) return undefined;
    const timer = setTimeout(() => {
      setAsked(typed);
      onChange(typed);
    }, REST_MS);
    return () => clearTimeout(timer);
    // Only typing starts the wait.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [typed, asked]);
  return (
    <SearchField
      className={styles.text}
      size="small"
      aria-label={t('platform.requests.search')}
      placeholder={t('platform.requests.searchHint')}
      value={typed}
      onChange={setTyped}
    />
  );
});

/** The way back to the order at first, and where a narrow page has no headers, to every other one. */
const SortChoice = memo(({ sort, onChange }: { sort: Sort; onChange(change: Partial<TableQuery>): void }) => {
  const { t } = useWords();
  const labels: Partial<Record<Sort, string>> = {
    attention: t('platform.requests.byAttention'),
    name: t('platform.requests.name'),
    promise: t('platform.requests.offer'),
    namespace: t('platform.requests.namespace'),
    phase: t('platform.requests.state'),
    since: t('platform.requests.since'),
  };
  return (
    <Select
      className={styles.choice}
      size="small"
      aria-label={t('platform.requests.sortBy')}
      options={Object.entries(labels).map(([id, label]) => ({ id, label }))}
      value={sort in labels ? sort : null}
      onChange={chosen => onChange({ sort: requestSorts.find(name => name === chosen) ?? 'attention', order: 'asc' })}
    />
  );
});

interface Props {
  query: TableQuery;
  values?: RequestPage['values'];
  /** False where the page around it is about one Promise. */
  choosesPromise: boolean;
  onChange(change: Partial<TableQuery>): void;
}

/** Text, offer, namespace and person; what they hold stands in the address. `query` and `onChange` stay the same while nothing changes. */
export const RequestFilters = memo(({ query, values, choosesPromise, onChange }: Props) => {
  const { t } = useWords();
  const search = useStable((text: string) => onChange({ text }));
  const clear = () => onChange({ text: '', promise: [], namespace: [], requestedBy: [], phase: [] });
  return (
    <div className={styles.filters} role="search" aria-label={t('platform.requests.filters')}>
      <TextFilter text={query.text} onChange={search} />
      {choosesPromise && (
        <Choice
          label={t('platform.requests.offer')}
          any={t('platform.requests.anyOffer')}
          field="promise"
          options={values?.promises ?? NO_VALUES}
          chosen={query.promise}
          onChange={onChange}
        />
      )}
      <Choice
        label={t('platform.requests.namespace')}
        any={t('platform.requests.anyNamespace')}
        field="namespace"
        options={values?.namespaces ?? NO_VALUES}
        chosen={query.namespace}
        onChange={onChange}
      />
      <Choice
        label={t('platform.requests.by')}
        any={t('platform.requests.anybody')}
        field="requestedBy"
        options={values?.requestedBy ?? NO_VALUES}
        chosen={query.requestedBy}
        onChange={onChange}
      />
      <SortChoice sort={query.sort} onChange={onChange} />
      {isFiltered(query) && (
        <Button size="small" variant="tertiary" iconStart={<RiCloseLine aria-hidden />} onPress={clear}>
          {t('platform.requests.clear')}
        </Button>
      )}
    </div>
  );
});
