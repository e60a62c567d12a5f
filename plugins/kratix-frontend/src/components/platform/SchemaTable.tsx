import type { CSSProperties } from 'react';
import type { JsonSchema } from '@kratix-ts/backstage-plugin-kratix-common';
import { schemaRows, type SchemaRow } from '../../model/schemaRows';
import { useWords } from '../useWords';
import { SimpleTable, type SimpleColumn } from './SimpleTable';
import tables from './Table.module.css';
import styles from './SchemaTable.module.css';

/** The fields of a request as documentation: what each is called, takes and means. */
export function SchemaTable({ schema, kind }: { schema: JsonSchema; kind: string }) {
  const { t } = useWords();
  const columns: SimpleColumn<SchemaRow>[] = [
    { id: 'field', label: t('platform.promise.field'), width: '30%', cell: row => <Field row={row} /> },
    { id: 'type', label: t('platform.promise.type'), width: '18%', cell: ({ type }) => <code className={styles.code}>{type}</code> },
    { id: 'default', label: t('platform.promise.default'), width: '16%', cell: row => row.default !== undefined && <code className={styles.code}>{row.default}</code> },
    { id: 'about', label: t('platform.promise.about'), cell: row => <About row={row} /> },
  ];
  return <SimpleTable title={t('platform.promise.fieldsTable', { kind })} columns={columns} items={schemaRows(schema)} keyOf={({ path }) => path} />;
}

function Field({ row: { name, depth, path, isRequired } }: { row: SchemaRow }) {
  const { t } = useWords();
  return (
    <span className={styles.field} style={{ '--depth': depth } as CSSProperties} title={path}>
      <code className={styles.name}>{name}</code>
      {isRequired && <span className={styles.required}>{t('platform.promise.required')}</span>}
    </span>
  );
}

function About({ row: { description, allowed, limits } }: { row: SchemaRow }) {
  const { t } = useWords();
  return (
    <>
      {description && <span className={styles.description}>{description}</span>}
      {allowed.length > 0 && (
        <span className={tables.quiet}>
          {t('platform.promise.oneOf')}{' '}
          {allowed.map(value => (
            <code key={value} className={styles.code}>
              {value}
            </code>
          ))}
        </span>
      )}
      {limits.length > 0 && (
        <span className={tables.quiet}>
          {limits.map(limit => (
            <code key={limit} className={styles.code}>
              {limit}
            </code>
          ))}
        </span>
      )}
    </>
  );
}
