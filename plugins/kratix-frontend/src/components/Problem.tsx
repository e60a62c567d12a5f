import { Alert, Button, ButtonLink, Skeleton } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { Hidden } from './Hidden';
import type { Problem } from '../apis/problem';
import type { LiveSnapshot } from '../live/LiveRequest';
import { requestsRouteRef } from '../routes';
import { Moment } from './Times';
import { useWords } from './useWords';
import styles from './Problem.module.css';

/** Stands where a request would be shown, when it cannot be. With `onward`, one that is gone leads to all others. */
export function ProblemNotice({ problem, onRetry, onward }: { problem: Problem; onRetry?: () => void; onward?: boolean }) {
  const { t } = useWords();
  const requests = useRouteRef(requestsRouteRef);
  const text = problem.kind === 'failed' ? t('problem.failed', { words: problem.words }) : t(`problem.${problem.kind}`);
  const status = problem.kind === 'failed' ? 'danger' : 'info';
  const retry = problem.kind === 'failed' && onRetry && (
    <Button size="small" variant="secondary" onPress={onRetry}>
      {t('problem.again')}
    </Button>
  );
  const others = problem.kind === 'gone' && onward && requests && (
    <ButtonLink size="small" variant="secondary" href={requests()}>
      {t('platform.request.all')}
    </ButtonLink>
  );
  return <Alert role="alert" status={status} icon title={text} customActions={retry || others || undefined} />;
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
