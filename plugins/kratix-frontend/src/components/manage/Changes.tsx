import type { RefObject } from 'react';
import { Alert } from '@backstage/ui';
import type { FieldChange, JsonSchema } from '@kratix-ts/backstage-plugin-kratix-common';
import { nameOfField } from '../../model/fieldRules';
import { useWords } from '../useWords';
import type { Edit } from './useEdit';
import { shown } from './shown';
import { useRuleWords } from './useRuleWords';
import styles from './Manage.module.css';

interface ChangesProps {
  edit: Pick<Edit, 'changes' | 'reading' | 'check' | 'refusal' | 'conflict'>;
  /** Of the spec. */
  schema: JsonSchema;
  region: RefObject<HTMLElement>;
}

/** What applying the edit would change, and what the server says of it. */
export function Changes({ edit, schema, region }: ChangesProps) {
  const { t } = useWords();
  const words = useRuleWords(schema);
  const { changes, reading, check, refusal, conflict } = edit;
  const problems = check?.problems ?? [];
  return (
    <section ref={region} tabIndex={-1} className={styles.part} aria-labelledby="kratix-manage-changes">
      <h3 id="kratix-manage-changes" className={styles.title}>
        {t('manage.changes')}
      </h3>
      {changes.length === 0 && !reading.problem && <p className={styles.quiet}>{t('manage.noChanges')}</p>}
      {changes.length > 0 && <ChangeTable changes={changes} schema={schema} />}
      {reading.problem && <Alert role="alert" status="warning" icon title={reading.problem} />}
      {problems.length > 0 && (
        <Alert
          role="alert"
          status="danger"
          icon
          title={t('manage.refusedBefore')}
          description={
            <ul className={styles.list}>
              {[...new Set(problems.map(words.refusal))].map(problem => (
                <li key={problem}>
                  <bdi>{problem}</bdi>
                </li>
              ))}
            </ul>
          }
        />
      )}
      {refusal && !conflict && <Alert role="alert" status="danger" icon title={t('actions.editRefused', { words: refusal })} />}
      <p role="status" className={styles.quiet}>
        {changes.length > 0 && !reading.problem && (check ? check.accepted && t('manage.accepted') : t('manage.checking'))}
      </p>
    </section>
  );
}

function ChangeTable({ changes, schema }: { changes: FieldChange[]; schema: JsonSchema }) {
  const { t } = useWords();
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('manage.field')}</th>
            <th scope="col">{t('manage.before')}</th>
            <th scope="col">{t('manage.after')}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ path, before, after }) => (
            <tr key={path}>
              <th scope="row">
                <bdi className={styles.path}>{nameOfField(schema, path)}</bdi>
              </th>
              <td>{before === undefined ? t('manage.nothing') : <del className={styles.value}>{shown(before)}</del>}</td>
              <td>{after === undefined ? t('manage.nothing') : <ins className={styles.value}>{shown(after)}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
