import { useState } from 'react';
import { Alert, Button } from '@backstage/ui';
import { useApi } from '@backstage/frontend-plugin-api';
import { signalKey, signalRef, type DryRunState, type RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from '../../apis/KratixApi';
import { problemOf } from '../../apis/problem';
import { useLiveQuery } from '../../live/useLiveQuery';
import { Diff } from '../diff/Diff';
import { FileList } from '../FileList';
import { useWords } from '../useWords';
import styles from './Manage.module.css';

interface FilesPreviewProps {
  request: RequestDetail;
  spec?: Record<string, unknown>;
}

/** The files that an edit would change, on demand: finding out runs the steps' containers. */
export function FilesPreview({ request, spec }: FilesPreviewProps) {
  const { t } = useWords();
  const api = useApi(kratixApiRef);
  const [started, setStarted] = useState<{ name: string; spec: string }>();
  const [problem, setProblem] = useState<string>();
  const [isStarting, setStarting] = useState(false);
  const start = async () => {
    if (!spec) return;
    setStarting(true);
    setProblem(undefined);
    try {
      const { name } = await api.dryRun(request, spec);
      setStarted({ name, spec: JSON.stringify(spec) });
    } catch (error) {
      setProblem(problemOf(error).words);
    } finally {
      setStarting(false);
    }
  };
  return (
    <section className={styles.part} aria-labelledby="kratix-manage-files">
      <h3 id="kratix-manage-files" className={styles.title}>
        {t('manage.files')}
      </h3>
      <p className={styles.quiet}>{t('manage.filesText')}</p>
      <div>
        <Button variant="secondary" isDisabled={!spec} isPending={isStarting} onPress={start}>
          {t('manage.filesButton')}
        </Button>
      </div>
      {problem && <Alert role="alert" status="danger" icon title={t('manage.filesFailed', { words: problem })} />}
      {started && <Outcome request={request} name={started.name} isOld={started.spec !== JSON.stringify(spec)} />}
    </section>
  );
}

function Outcome({ request, name, isOld }: { request: RequestDetail; name: string; isOld: boolean }) {
  const { t } = useWords();
  const ref = signalRef(request);
  const { value, problem } = useLiveQuery(
    `dry-run ${JSON.stringify([request.cluster, ref, name])}`,
    (api, signal) => api.dryRunState(request, name, signal),
    ({ cluster, refs }) => cluster === request.cluster && refs.includes(signalKey(ref)),
  );
  if (problem) return <Alert role="alert" status="danger" icon title={t('manage.filesFailed', { words: problem.words })} />;
  if (!value || value.phase === 'Pending' || value.phase === 'Running') {
    return (
      <div role="status">
        <progress className={styles.progress} aria-label={t('manage.filesRunning')} />
        <p className={styles.quiet}>{value?.message ?? t('manage.filesRunning')}</p>
      </div>
    );
  }
  if (value.phase !== 'Succeeded') return <Alert role="alert" status="danger" icon title={t('manage.filesFailed', { words: value.message ?? value.phase })} />;
  return (
    <>
      {isOld && <p className={styles.quiet}>{t('manage.filesOld')}</p>}
      <Files state={value} />
    </>
  );
}

function Files({ state }: { state: DryRunState }) {
  const { t } = useWords();
  const changed = state.destinations.map(({ name, files }) => ({ name, files: files.filter(({ change }) => change !== 'same') })).filter(({ files }) => files.length > 0);
  if (changed.length === 0) return <p role="status">{t('manage.filesSame')}</p>;
  return (
    <>
      {changed.map(({ name, files }) => (
        <div key={name} className={styles.destination}>
          <h4 className={styles.subtitle}>
            <bdi>{name || t('manage.filesUnplaced')}</bdi>
          </h4>
          <FileList
            label={name || t('manage.filesUnplaced')}
            files={files.map(({ path, change, diff }) => ({
              key: path,
              path,
              mark: t(`manage.file.${change === 'same' ? 'changed' : change}`),
              content: diff ? <Diff patch={diff} label={path} /> : <p className={styles.quiet}>{t('manage.fileNotShown')}</p>,
            }))}
          />
        </div>
      ))}
    </>
  );
}
