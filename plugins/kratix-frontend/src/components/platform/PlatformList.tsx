import type { ReactNode } from 'react';
import { Card, CardBody } from '@backstage/ui';
import type { LiveView } from '../../live/useLiveQuery';
import { ClusterNotices, LoadingRows, NoAnswer, OldAnswer } from './Notices';
import { useClusters } from './useAddresses';
import styles from './Requests.module.css';

/** A list of the platform in a card: while it loads, when it cannot be had, when it is old. */
export function PlatformList<T>({ view, empty, children }: { view: LiveView<T[]>; empty: ReactNode; children(items: T[]): ReactNode }) {
  const clusters = useClusters();
  const { value, problem } = view;
  return (
    <div className={styles.requests}>
      <ClusterNotices clusters={clusters.value ?? []} />
      <OldAnswer view={view} />
      {!value && problem && <NoAnswer problem={problem} onRetry={view.refresh} />}
      {!value && !problem && <LoadingRows rows={4} />}
      {value && (
        <Card>
          <CardBody>{value.length > 0 ? children(value) : empty}</CardBody>
        </Card>
      )}
    </div>
  );
}
