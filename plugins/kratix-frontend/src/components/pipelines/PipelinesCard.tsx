import { ButtonLink, Card, CardBody, CardHeader, Link, Text } from '@backstage/ui';
import type { RequestDetail, ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import type { LiveSnapshot } from '../../live/LiveRequest';
import { useLiveRequest } from '../../live/useLiveRequest';
import { currentRun } from '../../model/runs';
import { Loading, ProblemNotice } from '../Problem';
import { useRequestLinks } from '../useRequestLinks';
import { useWords } from '../useWords';
import { RunTable, type LogTrigger } from './RunTable';
import { RunTitle } from './RunTitle';
import styles from './Pipelines.module.css';

/** The newest run of a request, live; each container leads to its log. */
export function PipelinesCard({ identity }: { identity: ResourceIdentity }) {
  const { snapshot, live } = useLiveRequest(identity);
  return <PipelinesCardView snapshot={snapshot} onRetry={live.refresh} />;
}

/** The same without the fetching. */
export function PipelinesCardView({ snapshot, onRetry }: { snapshot: LiveSnapshot; onRetry?: () => void }) {
  const { t } = useWords();
  const links = useRequestLinks();
  const { state, problem } = snapshot;
  return (
    <Card>
      <CardHeader>
        <div className={styles.cardHead}>
          <Text as="h3" variant="title-x-small" weight="bold">
            {t('pipelines.title')}
          </Text>
          {links.pipelines && state && state.runs.length > 1 && (
            <ButtonLink href={links.pipelines()} size="small" variant="tertiary">
              {t('pipelines.allRuns')}
            </ButtonLink>
          )}
        </div>
      </CardHeader>
      <CardBody>
        {state && <NewestRun state={state} />}
        {!state && problem && <ProblemNotice problem={problem} onRetry={onRetry} />}
        {!state && !problem && <Loading />}
      </CardBody>
    </Card>
  );
}

function NewestRun({ state }: { state: RequestDetail }) {
  const { t } = useWords();
  const links = useRequestLinks();
  const run = currentRun(state);
  if (!run) {
    return (
      <Text as="p" variant="body-medium" color="secondary">
        {t('pipelines.noRuns')}
      </Text>
    );
  }
  const logTrigger: LogTrigger = (query, label, children) =>
    links.pipelines ? (
      <Link href={links.pipelines(query)} aria-label={label} className={styles.logLink} variant="body-small">
        {children}
      </Link>
    ) : (
      children
    );
  return (
    <div className={styles.run}>
      <RunTitle run={run} />
      <RunTable run={run} events={state.events} logTrigger={logTrigger} />
    </div>
  );
}
