import { useState } from 'react';
import { Button, ButtonIcon, SearchField, Select, Switch } from '@backstage/ui';
import { RiArrowDownSLine, RiArrowUpSLine, RiDownloadLine } from '@remixicon/react';
import type { ContainerState, ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import type { LogQuery } from '../../apis/KratixApi';
import type { Problem } from '../../apis/problem';
import { useLog, type LogView } from '../../live/useLog';
import { CopyButton } from '../CopyButton';
import { useWords } from '../useWords';
import { LogLines } from './LogLines';
import { useDownload } from './useDownload';
import { useLogSearch, type LogSearchUse } from './useLogSearch';
import styles from './LogViewer.module.css';

export interface LogViewerProps {
  identity: ResourceIdentity;
  query: LogQuery & { container: string };
  container: ContainerState;
  /** How often its step was tried. */
  attempts: number;
}

/** The log of one container, growing while it runs. Give it the container's name as key. */
export default function LogViewer({ identity, query, container, attempts }: LogViewerProps) {
  const { t } = useWords();
  // A container that runs is followed; when it ends, the open answer ends by itself, so this does not ask again.
  const [wasRunning] = useState(container.phase === 'Running');
  const [isFollowing, setFollowing] = useState(wasRunning);
  const [wraps, setWraps] = useState(true);
  const [attempt, setAttempt] = useState<number>();
  const asked = { ...query, ...(attempt !== undefined && { attempt }) };
  const view = useLog(identity, { ...asked, follow: wasRunning && attempt === undefined });
  const search = useLogSearch(view);
  const { problem: downloadProblem, download } = useDownload(identity, asked);
  const label = t('log.title', { container: query.container });
  const go = (by: 1 | -1) => {
    setFollowing(false);
    search.move(by);
  };
  return (
    <div className={styles.viewer}>
      <div className={styles.tools}>
        <SearchTools search={search} go={go} />
        <div className={styles.actions}>
          {attempts > 1 && (
            <Select
              className={styles.attempts}
              aria-label={t('log.attempts')}
              options={attemptOptions(attempts, n => t('pipelines.attempt', { n: String(n) }))}
              value={String(attempt ?? attempts)}
              onChange={key => setAttempt(Number(key) === attempts ? undefined : Number(key))}
            />
          )}
          <Switch label={t('log.wrap')} isSelected={wraps} onChange={setWraps} />
          {view.phase === 'open' && <Switch label={t('log.follow')} isSelected={isFollowing} onChange={setFollowing} />}
          <CopyButton text={() => view.buffer.toString()} />
          <Button size="small" variant="tertiary" iconStart={<RiDownloadLine aria-hidden />} onPress={download}>
            {t('log.download')}
          </Button>
        </div>
      </div>
      <LogNotes view={view} container={container} problem={view.problem ?? downloadProblem} />
      {view.buffer.end > 0 && (
        <LogLines
          view={view}
          label={label}
          search={search.text}
          found={search.line}
          wraps={wraps}
          isFollowing={isFollowing && view.phase === 'open'}
          onLeave={() => setFollowing(false)}
        />
      )}
    </div>
  );
}

function attemptOptions(attempts: number, label: (n: number) => string) {
  return Array.from({ length: attempts }, (_, i) => ({ value: String(attempts - i), label: label(attempts - i) }));
}

function SearchTools({ search, go }: { search: LogSearchUse; go: (by: 1 | -1) => void }) {
  const { t } = useWords();
  const { text, setText, count, position } = search;
  return (
    <div className={styles.search} role="search">
      <SearchField
        size="small"
        aria-label={t('log.search')}
        placeholder={t('log.search')}
        value={text}
        onChange={setText}
        onKeyDown={event => {
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
          else event.continuePropagation();
        }}
      />
      <span className={styles.count} role="status">
        {text && (count > 0 ? t('log.found', { position: String(position), total: String(count) }) : t('log.notFound'))}
      </span>
      {text && (
        <>
          <ButtonIcon size="small" variant="tertiary" isDisabled={count === 0} icon={<RiArrowUpSLine aria-hidden />} aria-label={t('log.previous')} onPress={() => go(-1)} />
          <ButtonIcon size="small" variant="tertiary" isDisabled={count === 0} icon={<RiArrowDownSLine aria-hidden />} aria-label={t('log.next')} onPress={() => go(1)} />
        </>
      )}
    </div>
  );
}

function LogNotes({ view, container, problem }: { view: LogView; container: ContainerState; problem?: Problem }) {
  const { t } = useWords();
  const { buffer, phase } = view;
  const notes: string[] = [];
  if (problem) notes.push(wordsOf(problem));
  else if (phase === 'loading') notes.push(t(container.phase === 'Running' ? 'log.notStarted' : 'log.loading'));
  else if (phase === 'ended' && buffer.end === 0) notes.push(t('log.empty'));
  if (buffer.dropped > 0) notes.push(t('log.dropped', { count: buffer.dropped }));
  return (
    <div role="status">
      {notes.map(note => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
    </div>
  );

  function wordsOf({ kind, words }: Problem): string {
    if (kind === 'gone') return `${t('log.gone')} ${words}`;
    return kind === 'denied' ? t('log.denied') : t('log.failed', { words });
  }
}
