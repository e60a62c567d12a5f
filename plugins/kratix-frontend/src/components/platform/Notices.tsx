import type { ReactNode } from 'react';
import { Alert, Button, Skeleton, Text } from '@backstage/ui';
import type { ClusterSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import type { Problem } from '../../apis/problem';
import type { LiveView } from '../../live/useLiveQuery';
import { Hidden } from '../Hidden';
import { Moment } from '../Times';
import { useWords } from '../useWords';
import styles from './Notices.module.css';

/** Stands where an answer would be shown, when there is none. */
export function NoAnswer({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  const { t } = useWords();
  const text = problem.kind === 'failed' ? t('platform.failed', { words: problem.words }) : t(`platform.${problem.kind}`);
  const retry = problem.kind === 'failed' && (
    <Button size="small" variant="secondary" onPress={onRetry}>
      {t('platform.again')}
    </Button>
  );
  return <Alert role="alert" status={problem.kind === 'failed' ? 'danger' : 'info'} icon title={text} customActions={retry || undefined} />;
}

/** Says that what is shown below is not the newest, and why. */
export function OldAnswer({ view }: { view: LiveView<unknown> }) {
  const { t } = useWords();
  const { problem, fetchedAt } = view;
  if (!problem || fetchedAt === undefined) return null;
  const words = problem.words.replace(/[.\s]*$/, '.');
  const clock = <Moment time={new Date(fetchedAt).toISOString()} />;
  return <Alert role="status" data-old-answer="" status="warning" icon title={t('platform.notFresh', { words, clock })} />;
}

/** One line for each cluster that is away, or not read to its end yet. */
export function ClusterNotices({ clusters }: { clusters: ClusterSummary[] }) {
  const troubled = clusters.filter(({ reachable, complete }) => !reachable || !complete);
  if (troubled.length === 0) return null;
  return (
    <div className={styles.clusters} role="status">
      {troubled.map(cluster => (
        <ClusterNotice key={cluster.name} cluster={cluster} />
      ))}
    </div>
  );
}

function ClusterNotice({ cluster: { name, reachable, staleSince, message } }: { cluster: ClusterSummary }) {
  const { t } = useWords();
  if (reachable) return <Alert status="info" icon title={t('platform.incomplete', { cluster: name })} />;
  const title = staleSince
    ? t('platform.notReachableSince', { cluster: name, clock: <Moment time={staleSince} /> })
    : t('platform.notReachable', { cluster: name });
  return <Alert status="warning" icon title={title} description={message} />;
}

/** What would be here, and how to get it. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.empty} data-empty="">
      <Text as="p" variant="title-x-small" weight="bold">
        {title}
      </Text>
      {children && (
        <Text as="p" variant="body-medium" color="secondary">
          {children}
        </Text>
      )}
      {action}
    </div>
  );
}

/** The shape of a list while the first answer is on its way. */
export function LoadingRows({ rows = 8 }: { rows?: number }) {
  const { t } = useWords();
  return (
    <div className={styles.loading} role="status">
      <Hidden>{t('platform.loading')}</Hidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} width="100%" height={44} />
      ))}
    </div>
  );
}
