import { ButtonLink, Text } from '@backstage/ui';
import { RiExternalLinkLine } from '@remixicon/react';
import {
  plainText,
  tellingContainer,
  type ContainerState,
  type RequestDetail,
  type Run,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { useLog } from '../../live/useLog';
import { CopyButton } from '../CopyButton';
import { useRequestLinks } from '../useRequestLinks';
import { useWords } from '../useWords';
import styles from './FailureBox.module.css';

const LINES = 5;
/** Some lines at the end may be empty. */
const TAIL = 50;

/** The last words of the container that failed. */
export function FailureBox({ state, run }: { state: RequestDetail; run: Run }) {
  const { t } = useWords();
  const links = useRequestLinks();
  const telling = tellingContainer(run);
  const chosen = telling && { run: run.id, step: telling.step.name, container: telling.container };
  // Without the container's name nobody knows whose words these are.
  const mayRead = state.abilities.readLogs;
  const { buffer, phase } = useLog(state, chosen?.container && mayRead ? { ...chosen, tail: TAIL } : undefined);
  if (!chosen?.container) return null;
  const container = telling?.step.containers.find(candidate => candidate.name === chosen.container);
  const written = buffer.lastLines(LINES);
  const lines = written.length > 0 ? written : messageLines(container);
  if ((phase === 'failed' || !mayRead) && lines.length === 0) return null;
  const href = links.pipelines?.(chosen);
  return (
    <div className={styles.box}>
      <div className={styles.head}>
        <Text as="span" variant="body-x-small" color="secondary" className={styles.title}>
          {t('status.lastLines', { container: chosen.container })}
          {!mayRead && <> · {t('status.logDenied')}</>}
        </Text>
        <span className={styles.actions}>
          <CopyButton text={() => lines.join('\n')} />
          {href && mayRead && (
            <ButtonLink href={href} size="small" variant="tertiary" iconStart={<RiExternalLinkLine aria-hidden />}>
              {t('status.openLog')}
            </ButtonLink>
          )}
        </span>
      </div>
      {/* A region that scrolls has to be reachable with the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={styles.lines} data-reads={mayRead || undefined} tabIndex={0} aria-label={t('status.lastLines', { container: chosen.container })} role="group">
        {lines.length > 0 ? lines.join('\n') : t(phase === 'loading' ? 'log.loading' : 'status.noLastLines')}
      </pre>
    </div>
  );
}

/** What the kubelet kept of the container's end, for when its pod is gone. */
function messageLines(container: ContainerState | undefined): string[] {
  const lines = plainText(container?.message ?? '').split('\n');
  return lines.filter(line => line.trim()).slice(-LINES);
}
