import { lazy, Suspense } from 'react';
import { Skeleton } from '@backstage/ui';
import type { DiffViewProps } from './DiffView';

const DiffView = lazy(() => import('./DiffView'));

/** Two texts line by line; what compares them is fetched when it is needed. */
export function Diff(props: DiffViewProps) {
  return (
    <Suspense fallback={<Skeleton width="100%" height={96} />}>
      <DiffView {...props} />
    </Suspense>
  );
}
