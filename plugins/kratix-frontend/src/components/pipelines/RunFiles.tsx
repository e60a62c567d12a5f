import { ButtonLink } from '@backstage/ui';
import type { DeliveredFile, RequestDetail, Run, Step } from '@kratix-ts/backstage-plugin-kratix-common';
import { useRunContent } from '../../live/useRunContent';
import { currentRun } from '../../model/runs';
import { FileList, FileText } from '../FileList';
import { Loading, ProblemNotice } from '../Problem';
import { useRequestLinks } from '../useRequestLinks';
import { useFormats, useWords } from '../useWords';
import styles from './ContainerPanel.module.css';

interface RunFilesProps {
  state: RequestDetail;
  run: Run;
  step: Step;
}

/** The files that a step wrote: of the current run where they went, of an earlier one what was in them. */
export function RunFiles({ state, run, step }: RunFilesProps) {
  return run === currentRun(state) ? <PresentFiles state={state} step={step} /> : <EarlierFiles state={state} run={run} step={step} />;
}

function EarlierFiles({ state, run, step }: RunFilesProps) {
  const { t } = useWords();
  const { value, problem } = useRunContent(state, run);
  if (problem) return <ProblemNotice problem={problem} />;
  if (!value) return <Loading />;
  if (!value.files) return <p className={styles.note}>{t('files.unknown')}</p>;
  // Files of a step that did not come to its end are those of a run before.
  const files = step.phase === 'Succeeded' ? value.files.filter(file => file.step === step.name) : [];
  if (files.length === 0) return <p className={styles.note}>{t('files.none')}</p>;
  return <FileList files={files.map(file => ({ key: file.path, path: file.path, content: <FileText file={file} /> }))} label={t('files.title', { step: step.name })} />;
}

function PresentFiles({ state, step }: Pick<RunFilesProps, 'state' | 'step'>) {
  const { t } = useWords();
  const { size } = useFormats();
  const links = useRequestLinks();
  const files = filesOf(state, step);
  if (files.length === 0) return <p className={styles.note}>{t(step.phase === 'Succeeded' ? 'files.none' : 'files.notYet')}</p>;
  return (
    <div className={styles.stack}>
      <ul className={styles.files} aria-label={t('files.title', { step: step.name })}>
        {files.map(({ file, destinations }) => (
          <li key={file.path} className={styles.file}>
            <span className={styles.path}>{file.path}</span>
            <span className={styles.quiet}>
              {size(file.size)} · {destinations.join(', ')}
            </span>
          </li>
        ))}
      </ul>
      {links.delivery && (
        <div>
          <ButtonLink href={links.delivery} size="small" variant="secondary">
            {t('files.open')}
          </ButtonLink>
        </div>
      )}
    </div>
  );
}

const MOST_NAMES = 3;

function filesOf({ destinations }: RequestDetail, step: Step): { file: DeliveredFile; destinations: string[] }[] {
  const found = new Map<string, { file: DeliveredFile; destinations: string[] }>();
  for (const { name, files } of destinations) {
    for (const file of files.filter(candidate => candidate.step === step.name)) {
      const entry = found.get(file.path) ?? { file, destinations: [] };
      entry.destinations.push(name);
      found.set(file.path, entry);
    }
  }
  return [...found.values()].map(({ file, destinations: names }) => ({
    file,
    destinations: names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), `+${names.length - MOST_NAMES}`] : names,
  }));
}
