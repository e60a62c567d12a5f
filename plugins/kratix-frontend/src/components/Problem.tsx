import { Alert, Button, Skeleton } from '@backstage/ui';
import { Hidden } from './Hidden';
import type { Problem } from '../apis/problem';
import type { LiveSnapshot } from '../live/LiveRequest';
import { Moment } from './Times';
import { useWords } from './useWords';
import styles from './Problem.module.css';

/** Stands where a request would be shown, when it cannot be. */
export function ProblemNotice({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  const { t } = useWords();
  const text = problem.kind === 'failed' ? t('problem.failed', { words: problem.words }) : t(`problem.${problem.kind}`);
  const status = problem.kind === 'failed' ? 'danger' : 'info';
  const retry = problem.kind === 'failed' && onRetry && (
    <Button size="small" variant="secondary" onPress={onRetry}>
      {t('problem.again')}
    </Button>
  );
  return <Alert role="alert" status={status} icon title={text} customActions={retry || undefined} />;
}

/** Says that what is shown below is not the newest, and why. */
export function NotFreshNotice({ snapshot }: { snapshot: LiveSnapshot }) {
  const { t } = useWords();
  const { problem, fetchedAt } = snapshot;
  if (!problem || fetchedAt === undefined) return null;
  const words = problem.words.replace(/[.\s]*$/, '.');
  const clock = <Moment time={new Date(fetchedAt).toISOString()} />;
  return (
    <div role="status" className={styles.notFresh}>
      {t('problem.notFresh', { words, clock })}
    </div>
  );
}

/** The shape of a card while the first answer is on its way. */
export function Loading() {
  const { t } = useWords();
  return (
    <div className={styles.loading} role="status">
      <Hidden>{t('problem.loading')}</Hidden>
      <Skeleton width="40%" height={20} />
      <Skeleton width="85%" height={16} />
      <Skeleton width="100%" height={8} />
      <Skeleton width="60%" height={16} />
    </div>
  );
}
