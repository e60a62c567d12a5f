import { Text } from '@backstage/ui';
import type { RequestDetail, Run, RunContent } from '@kratix-ts/backstage-plugin-kratix-common';
import { useRunContent } from '../../live/useRunContent';
import { compareContents, type ComparedFile, type ContentComparison as Compared } from '../../model/compareRuns';
import { Diff } from '../diff/Diff';
import { FileList, FileReason } from '../FileList';
import { Loading, ProblemNotice } from '../Problem';
import { useWords } from '../useWords';
import styles from './RunComparison.module.css';

/** So many files that differ are shown at once. */
const OPEN_AT_FIRST = 3;

interface ContentComparisonProps {
  state: RequestDetail;
  run: Run;
  other: Run;
}

/** What two runs were given, and the files that they left, line by line. */
export function ContentComparison({ state, run, other }: ContentComparisonProps) {
  const before = useRunContent(state, other);
  const after = useRunContent(state, run);
  const problem = before.problem ?? after.problem;
  if (problem) return <ProblemNotice problem={problem} />;
  return before.value && after.value ? <Contents before={before.value} after={after.value} /> : <Loading />;
}

function Contents({ before, after }: { before: RunContent; after: RunContent }) {
  const { t } = useWords();
  const { inputs, files } = compareContents(before, after);
  return (
    <>
      <Heading>{t('panel.inputs')}</Heading>
      {inputs ? <Diff {...inputs} label={t('panel.inputs')} /> : <p className={styles.note}>{t('compare.inputsUnknown')}</p>}
      <Heading>{t('compare.outputs')}</Heading>
      {files ? <Files files={files} /> : <p className={styles.note}>{t('compare.outputsUnknown')}</p>}
    </>
  );
}

function Files({ files: { changed, same, unknown } }: { files: NonNullable<Compared['files']> }) {
  const { t } = useWords();
  const listed = changed.map(file => ({
    key: `${file.step}/${file.path}`,
    path: file.path,
    mark: t(`compare.change.${file.change}`),
    note: file.step,
    content: <Difference file={file} />,
    isOpenAtFirst: changed.length <= OPEN_AT_FIRST,
  }));
  return (
    <>
      {listed.length > 0 && <FileList files={listed} label={t('compare.outputs')} />}
      <p className={styles.note}>
        {t('compare.same', { count: same })} {unknown.length > 0 && t('compare.unknown', { files: unknown.join(', ') })}
      </p>
    </>
  );
}

function Difference({ file: { texts, reason, path } }: { file: ComparedFile }) {
  return texts ? <Diff {...texts} label={path} /> : <FileReason reason={reason} />;
}

function Heading({ children }: { children: string }) {
  return (
    <Text as="h3" variant="body-small" weight="bold">
      {children}
    </Text>
  );
}
