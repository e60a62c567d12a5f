import { Text } from '@backstage/ui';
import type { RequestDetail, Run } from '@kratix-ts/backstage-plugin-kratix-common';
import { inputOf } from '../../model/runs';
import { specToText } from '../../model/specText';
import { Code } from '../Code';
import { useWords } from '../useWords';
import styles from './ContainerPanel.module.css';

/** What the steps of a run were given: the request as it was then, where that is known. */
export function RunInput({ state, run }: { state: RequestDetail; run: Run }) {
  const { t } = useWords();
  const input = inputOf(state, run);
  const version = input?.promiseVersion;
  return (
    <div className={styles.stack}>
      <Text as="p" variant="body-small" color="secondary">
        {run.generation !== undefined && t('inputs.generation', { generation: String(run.generation) })}{' '}
        {version && t('inputs.version', { version })}
      </Text>
      {input ? (
        <Code text={specToText(input.spec) || '{}'} label={t('inputs.spec')} />
      ) : (
        <p className={styles.note}>{t('inputs.unknown', { generation: String(state.generation ?? '') })}</p>
      )}
    </div>
  );
}
