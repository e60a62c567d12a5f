import { Badge } from '@backstage/ui';
import type { PromiseVersion, SchemaChange } from '@kratix-ts/backstage-plugin-kratix-common';
import { RiAlertFill } from '@remixicon/react';
import { Ago } from '../Times';
import { useFormats, useWords } from '../useWords';
import { SimpleTable, type SimpleColumn } from './SimpleTable';
import styles from './Versions.module.css';

/** The versions of a Promise, newest first: how many are on each, and what each changed for requests. */
export function Versions({ versions }: { versions: PromiseVersion[] }) {
  const { t } = useWords();
  const { number } = useFormats();
  const columns: SimpleColumn<PromiseVersion>[] = [
    { id: 'version', label: t('platform.promises.version'), width: '18%', cell: version => <Version version={version} /> },
    { id: 'requests', label: t('platform.promises.requests'), width: '12%', isNumber: true, cell: ({ requests }) => number(requests) },
    { id: 'since', label: t('platform.promise.since'), width: '14%', cell: ({ createdAt }) => createdAt && <Ago time={createdAt} /> },
    { id: 'changes', label: t('platform.promise.changes'), cell: ({ changes }) => changes && <Changes changes={changes} /> },
  ];
  return <SimpleTable title={t('platform.promise.versions')} columns={columns} items={versions} keyOf={({ revision }) => revision} />;
}

function Version({ version: { version, latest } }: { version: PromiseVersion }) {
  const { t } = useWords();
  return (
    <span className={styles.version}>
      {version}
      {latest && <Badge size="small">{t('platform.promise.latest')}</Badge>}
    </span>
  );
}

/** What a version changed in the fields, each in a sentence; those that may break a request are marked. */
export function Changes({ changes }: { changes: SchemaChange[] }) {
  const { t } = useWords();
  if (changes.length === 0) return <span className={styles.quiet}>{t('platform.promise.noChanges')}</span>;
  return (
    <ul className={styles.changes}>
      {changes.map(({ path, text, breaking }) => (
        <li key={`${path} ${text}`}>
          {text}
          {breaking && (
            <span className={styles.breaking}>
              <RiAlertFill size={14} aria-hidden />
              {t('platform.promise.breaking')}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
