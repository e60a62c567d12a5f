import { ButtonLink, Card, CardBody, CardFooter, CardHeader, Text } from '@backstage/ui';
import { RiFileList2Line, RiTerminalBoxLine } from '@remixicon/react';
import {
  tellingContainer,
  type PhaseSummary,
  type RequestState,
  type ResourceIdentity,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { LiveSnapshot } from '../../live/LiveRequest';
import { useLiveRequest } from '../../live/useLiveRequest';
import { currentRun } from '../../model/runs';
import { RequestMenu } from '../actions/RequestMenu';
import { PhaseIcon, toneOf } from '../phases';
import { Loading, NotFreshNotice, ProblemNotice } from '../Problem';
import { Sentence, SpokenSentence } from '../Sentence';
import { Ago } from '../Times';
import { useRequestLinks } from '../useRequestLinks';
import { useWords } from '../useWords';
import { Facts } from './Facts';
import { FailureBox } from './FailureBox';
import { ProgressBar } from './ProgressBar';
import { StepList } from './StepList';
import { Who } from './Who';
import styles from './StatusCard.module.css';

/** The state of a request, live: phase, sentence, steps, facts, and in failure the last words. */
export function StatusCard({ identity }: { identity: ResourceIdentity }) {
  const { snapshot, live } = useLiveRequest(identity);
  return <StatusCardView snapshot={snapshot} onRefresh={live.refresh} />;
}

/** The same without the fetching. */
export function StatusCardView({ snapshot, onRefresh }: { snapshot: LiveSnapshot; onRefresh?: () => void }) {
  const { t } = useWords();
  const { state, problem } = snapshot;
  if (state) return <Known state={state} snapshot={snapshot} onRefresh={onRefresh} />;
  return (
    <Card className={styles.card}>
      <CardHeader>
        <Text as="h3" variant="title-x-small" weight="bold">
          {t('status.title')}
        </Text>
      </CardHeader>
      <CardBody className={styles.body}>
        {problem ? <ProblemNotice problem={problem} onRetry={onRefresh} /> : <Loading />}
      </CardBody>
    </Card>
  );
}

function Known({ state, snapshot, onRefresh }: { state: RequestState; snapshot: LiveSnapshot; onRefresh?: () => void }) {
  const { summary } = state;
  const isOld = summary.phase === 'Unknown' || Boolean(snapshot.problem);
  const shown = summary.lastKnown ?? summary;
  const run = currentRun(state);
  return (
    <Card className={styles.card} data-phase={summary.phase}>
      <CardHeader>
        <Heading state={state} onRefresh={onRefresh} />
      </CardHeader>
      <CardBody className={styles.body}>
        <Text as="p" variant="body-medium" className={styles.sentence}>
          <Sentence summary={summary} />
        </Text>
        <SpokenSentence summary={summary} />
        <NotFreshNotice snapshot={snapshot} />
        <div className={`${styles.details} ${isOld ? styles.old : ''}`}>
          {run && tellsWords(shown) ? (
            <FailureBox identity={state} run={run} />
          ) : (
            <ProgressBar summary={shown} steps={run?.steps ?? []} />
          )}
          {run && run.steps.length > 0 && <StepList steps={run.steps} />}
          <Facts state={state} />
        </div>
      </CardBody>
      <Footer state={state} />
    </Card>
  );
}

/** Whether the last words of a container explain the phase; a delivery that failed has none. */
function tellsWords({ phase, container }: PhaseSummary): boolean {
  return ['Failed', 'Retrying'].includes(phase) && container !== undefined;
}

function Heading({ state, onRefresh }: { state: RequestState; onRefresh?: () => void }) {
  const { t } = useWords();
  const { phase } = state.summary;
  return (
    <div className={styles.heading}>
      <h3 className={styles.phase} aria-label={`${t('status.title')}: ${t(`phase.${phase}`)}`}>
        <span className={styles.badge} data-tone={toneOf(phase)}>
          <PhaseIcon phase={phase} />
        </span>
        <Text as="span" variant="title-x-small" weight="bold">
          {t(`phase.${phase}`)}
        </Text>
      </h3>
      <Text as="span" variant="body-small" color="secondary" className={styles.origin}>
        {state.requestedBy && <>{t('status.requestedBy', { who: <Who entityRef={state.requestedBy} /> })} · </>}
        <Ago time={state.createdAt} />
      </Text>
      <RequestMenu request={state} onChanged={onRefresh} />
    </div>
  );
}

function Footer({ state }: { state: RequestState }) {
  const { t } = useWords();
  const links = useRequestLinks();
  const run = currentRun(state);
  const telling = tellingContainer(run);
  const files = state.destinations.reduce((sum, destination) => sum + destination.files.length, 0);
  const log = telling && run && links.pipelines?.({ run: run.id, step: telling.step.name, container: telling.container });
  // The box with the last words has the way to the log.
  const showsLog = log && !tellsWords(state.summary);
  if (!showsLog && !(links.delivery && files > 0)) return null;
  return (
    <CardFooter className={styles.footer}>
      {showsLog && (
        <ButtonLink href={log} size="small" variant="secondary" iconStart={<RiTerminalBoxLine aria-hidden />}>
          {t('status.viewLog')}
        </ButtonLink>
      )}
      {links.delivery && files > 0 && (
        <ButtonLink href={links.delivery} size="small" variant="tertiary" iconStart={<RiFileList2Line aria-hidden />}>
          {t('status.seeFiles', { count: files })}
        </ButtonLink>
      )}
    </CardFooter>
  );
}
