import { Alert, Button, ButtonLink, Card, CardBody, CardFooter, CardHeader, Text } from '@backstage/ui';
import { RiEditLine, RiFileList2Line, RiLightbulbLine, RiTerminalBoxLine } from '@remixicon/react';
import {
  tellingContainer,
  type PhaseSummary,
  type RequestDetail,
  type ResourceIdentity,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveRequest, type LiveUse } from '../../live/useLiveRequest';
import { hintOf } from '../../model/hints';
import { primaryActionOf } from '../../model/primaryAction';
import { currentRun } from '../../model/runs';
import { PrimaryActionButton } from '../actions/PrimaryActionButton';
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

/** The state of a request, live: phase, sentence, what to do next, steps, facts, and in failure the last words. */
export function StatusCard({ identity }: { identity: ResourceIdentity }) {
  return <StatusCardView {...useLiveRequest(identity)} />;
}

/** The same without the fetching. */
export function StatusCardView({ snapshot, live }: LiveUse) {
  const { t } = useWords();
  const { state, problem } = snapshot;
  if (state) return <Known state={state} snapshot={snapshot} live={live} />;
  return (
    <Card className={styles.card}>
      <CardHeader>
        <Text as="h3" variant="title-x-small" weight="bold">
          {t('status.title')}
        </Text>
      </CardHeader>
      <CardBody className={styles.body}>
        {problem ? <ProblemNotice problem={problem} onRetry={live.refresh} onward /> : <Loading />}
      </CardBody>
    </Card>
  );
}

interface KnownProps extends LiveUse {
  state: RequestDetail;
}

function Known({ state, snapshot, live }: KnownProps) {
  const { t } = useWords();
  const { summary } = state;
  const isOld = summary.phase === 'Unknown' || Boolean(snapshot.problem);
  const shown = summary.lastKnown ?? summary;
  const run = currentRun(state);
  const hint = hintOf(state);
  return (
    <Card className={styles.card} data-phase={summary.phase}>
      <CardHeader>
        <Heading state={state} live={live} />
      </CardHeader>
      <CardBody className={styles.body}>
        <Text as="p" variant="body-medium" className={styles.sentence}>
          <Sentence summary={summary} />
        </Text>
        <SpokenSentence summary={summary} />
        <Refusal snapshot={snapshot} live={live} />
        <NotFreshNotice snapshot={snapshot} />
        <div className={`${styles.details} ${isOld ? styles.old : ''}`}>
          {run && tellsWords(shown) ? (
            <FailureBox state={state} run={run} />
          ) : (
            <ProgressBar summary={shown} steps={run?.steps ?? []} />
          )}
          {hint && (
            <p className={styles.hint}>
              <RiLightbulbLine size={16} aria-hidden />
              <span>{t(`hint.${hint}`)}</span>
            </p>
          )}
          {run && run.steps.length > 0 && <StepList steps={run.steps} />}
          <Facts state={state} />
        </div>
      </CardBody>
      <Footer state={state} snapshot={snapshot} live={live} />
    </Card>
  );
}

/** Why the last action was refused, in the server's words, until it is dismissed or another one is tried. */
function Refusal({ snapshot, live }: LiveUse) {
  const { t } = useWords();
  if (!snapshot.refusal) return null;
  return (
    <Alert
      role="alert"
      status="danger"
      icon
      title={t('status.refused', { words: snapshot.refusal.words })}
      customActions={
        <Button size="small" variant="tertiary" onPress={live.dismiss}>
          {t('status.dismiss')}
        </Button>
      }
    />
  );
}

/** Whether the last words of a container explain the phase; a delivery that failed has none. */
function tellsWords({ phase, container }: PhaseSummary): boolean {
  return ['Failed', 'Retrying'].includes(phase) && container !== undefined;
}

function Heading({ state, live }: { state: RequestDetail; live: LiveUse['live'] }) {
  const { t } = useWords();
  const { phase, since } = state.summary;
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
        {phase === 'Failed' && since && <>{t('status.failed', { ago: <Ago time={since} /> })} · </>}
        {state.requestedBy && <>{t('status.requestedBy', { who: <Who entityRef={state.requestedBy} /> })} · </>}
        <Ago time={state.createdAt} />
      </Text>
      <RequestMenu request={state} live={live} />
    </div>
  );
}

function Footer({ state, snapshot, live }: KnownProps) {
  const { t } = useWords();
  const links = useRequestLinks();
  const run = currentRun(state);
  const telling = tellingContainer(run);
  const primary = primaryActionOf(state)?.do;
  const files = state.destinations.reduce((sum, destination) => sum + destination.files.length, 0);
  const log = telling && run && links.pipelines?.({ run: run.id, step: telling.step.name, container: telling.container });
  // The box with the last words has the way to the log.
  const showsLog = log && primary !== 'log' && !tellsWords(state.summary);
  // Most often a step fails over what was asked for; its files can wait.
  const mayEdit = tellsWords(state.summary) && run?.action === 'configure' && state.abilities.update && links.manage !== undefined;
  return (
    <CardFooter className={styles.footer}>
      <PrimaryActionButton request={state} live={live} pending={snapshot.pending} />
      {mayEdit && (
        <ButtonLink href={links.manage} size="small" variant="secondary" iconStart={<RiEditLine aria-hidden />}>
          {t('actions.edit')}
        </ButtonLink>
      )}
      {showsLog && (
        <ButtonLink href={log} size="small" variant="secondary" iconStart={<RiTerminalBoxLine aria-hidden />}>
          {t('status.viewLog')}
        </ButtonLink>
      )}
      {links.delivery && files > 0 && primary !== 'delivery' && !mayEdit && (
        <ButtonLink href={links.delivery} size="small" variant="tertiary" iconStart={<RiFileList2Line aria-hidden />}>
          {t('status.seeFiles', { count: files })}
        </ButtonLink>
      )}
    </CardFooter>
  );
}
