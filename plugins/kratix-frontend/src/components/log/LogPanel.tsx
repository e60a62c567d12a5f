import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button, ButtonIcon, Card, CardBody, CardHeader, Switch, Text } from '@backstage/ui';
import { RiCloseLine, RiDownloadLine } from '@remixicon/react';
import { useApi } from '@backstage/frontend-plugin-api';
import { plainText, type ContainerState, type ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef, type LogQuery } from '../../apis/KratixApi';
import { problemOf, type Problem } from '../../apis/problem';
import { useLog, type LogView } from '../../live/useLog';
import { shownLines } from '../../model/logBuffer';
import { CopyButton } from '../CopyButton';
import { useWords } from '../useWords';
import styles from './LogPanel.module.css';

interface LogPanelProps {
  identity: ResourceIdentity;
  query: LogQuery & { container: string };
  container: ContainerState;
  onClose: () => void;
}

/** The log of one container, growing while it runs. */
export function LogPanel({ identity, query, container, onClose }: LogPanelProps) {
  const { t } = useWords();
  // A container that runs is followed; when it ends, the open answer ends by itself, so this does not ask again.
  const [wasRunning, setWasRunning] = useState(container.phase === 'Running');
  const [isFollowing, setFollowing] = useState(wasRunning);
  const id = `${query.run}/${query.step}/${query.container}`;
  const [shownId, setShownId] = useState(id);
  if (id !== shownId) {
    setShownId(id);
    setWasRunning(container.phase === 'Running');
    setFollowing(container.phase === 'Running');
  }
  const view = useLog(identity, { ...query, follow: wasRunning });
  const { problem: downloadProblem, download } = useDownload(identity, query);
  const lines = shownLines(view.log);
  return (
    <Card>
      <CardHeader>
        <div className={styles.head}>
          <Text as="h2" variant="body-medium" weight="bold" className={styles.title}>
            {t('log.title', { container: query.container })}
          </Text>
          <div className={styles.actions}>
            {view.phase === 'open' && (
              <Switch label={t('log.follow')} isSelected={isFollowing} onChange={setFollowing} />
            )}
            <CopyButton text={() => lines.join('\n')} />
            <Button size="small" variant="tertiary" iconStart={<RiDownloadLine aria-hidden />} onPress={download}>
              {t('log.download')}
            </Button>
            <ButtonIcon size="small" variant="tertiary" icon={<RiCloseLine aria-hidden />} aria-label={t('log.close')} onPress={onClose} />
          </div>
        </div>
      </CardHeader>
      <CardBody>
        <LogNotes view={view} container={container} problem={view.problem ?? downloadProblem} />
        {lines.length > 0 && (
          <Lines text={lines.join('\n')} label={t('log.title', { container: query.container })} isFollowing={isFollowing} onLeave={() => setFollowing(false)} />
        )}
      </CardBody>
    </Card>
  );
}

function LogNotes({ view, container, problem }: { view: LogView; container: ContainerState; problem?: Problem }) {
  const { t } = useWords();
  const notes: string[] = [];
  if (problem) notes.push(wordsOf(problem));
  else if (view.phase === 'loading') notes.push(t(container.phase === 'Running' ? 'log.notStarted' : 'log.loading'));
  else if (view.phase === 'ended' && view.log.lines.length === 0) notes.push(t('log.empty'));
  if (view.log.dropped > 0) notes.push(t('log.dropped', { count: view.log.dropped }));
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

interface LinesProps {
  text: string;
  label: string;
  isFollowing: boolean;
  /** Called when the reader scrolls up, away from the newest line. */
  onLeave: () => void;
}

function Lines({ text, label, isFollowing, onLeave }: LinesProps) {
  const frame = useRef<HTMLPreElement>(null);
  const toEnd = useCallback(() => {
    if (frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, []);
  useLayoutEffect(() => {
    if (isFollowing) toEnd();
  }, [text, isFollowing, toEnd]);
  useEffect(() => {
    frame.current?.scrollIntoView?.({ block: 'nearest' });
  }, []);
  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = frame.current ?? {};
    if (isFollowing && scrollHeight - clientHeight - scrollTop > 24) onLeave();
  };
  return (
    // A region that scrolls has to be reachable with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre ref={frame} className={styles.lines} role="log" aria-live="off" aria-label={label} tabIndex={0} onScroll={onScroll}>
      {text}
    </pre>
  );
}

/** Fetches the whole log, not only what the page keeps, and saves it as a file. */
function useDownload(identity: ResourceIdentity, query: LogQuery & { container: string }) {
  const api = useApi(kratixApiRef);
  const [problem, setProblem] = useState<Problem>();
  const download = async () => {
    setProblem(undefined);
    try {
      const pieces: string[] = [];
      for await (const piece of api.log(identity, query, new AbortController().signal)) pieces.push(piece);
      save(`${identity.name}-${query.step}-${query.container}.log`, plainText(pieces.join('')));
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return { problem, download };
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
