/* The roles are spelled out because the narrow layout changes `display`, which takes a table's meaning from it. */
/* eslint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role */
import type { ReactNode } from 'react';
import { attemptText, formatDuration, formatTaken, lastWords, type ContainerState, type EventSummary, type Run } from '@kratix-ts/backstage-plugin-kratix-common';
import { Hidden } from '../Hidden';
import type { LogQuery } from '../../apis/KratixApi';
import { useNow } from '../../live/clock';
import { isMoving, timelineOf, waitsIn, type ContainerRow, type StepRow, type Timeline } from '../../model/timeline';
import { AttemptBefore } from '../AttemptBefore';
import { MiddleTruncate } from '../MiddleTruncate';
import { ContainerIcon, StepIcon } from '../phases';
import { Countdown } from '../Times';
import { useWords } from '../useWords';
import { Bar, Axis } from './Bar';
import styles from './RunTable.module.css';

/** What the kubelet says of a container whose turn has not come. */
const USUAL_WAITS = ['PodInitializing', 'ContainerCreating'];

/** How a container's log is reached from the table: by a link or by a button. */
export type LogTrigger = (query: LogQuery & { container: string }, label: string, children: ReactNode) => ReactNode;

interface RunTableProps {
  run: Run;
  /** What the cluster said of the request's pods: they tell what a container waited for. */
  events: EventSummary[];
  logTrigger: LogTrigger;
  selected?: LogQuery;
}

/**
 * A run as picture and table in one: each step with its containers, when they waited and ran, how long, and how they
 * ended. Screen readers get the same rows, with the bars left out.
 */
export function RunTable({ run, events, logTrigger, selected }: RunTableProps) {
  const { t } = useWords();
  const now = useNow(isMoving(run.phase));
  if (run.steps.length === 0) return <p className={styles.empty}>{t('pipelines.noSteps')}</p>;
  const timeline = timelineOf(run, now, events);
  return (
    <div className={styles.frame}>
      <table className={styles.table} role="table">
        <caption>
          <Hidden>{t('pipelines.steps')}</Hidden>
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">{t('pipelines.step')}</th>
            <th role="columnheader" scope="col" className={styles.picture}>
              <Hidden>{t('pipelines.timeline')}</Hidden>
              <Axis timeline={timeline} />
            </th>
            <th role="columnheader" scope="col">{t('pipelines.state')}</th>
            <th role="columnheader" scope="col" className={styles.number}>{t('pipelines.duration')}</th>
          </tr>
        </thead>
        {timeline.rows.map(row => (
          <StepRows key={row.step.name} row={row} run={run} timeline={timeline} logTrigger={logTrigger} selected={selected} />
        ))}
      </table>
    </div>
  );
}

interface StepRowsProps {
  row: StepRow;
  run: Run;
  timeline: Timeline;
  logTrigger: LogTrigger;
  selected?: LogQuery;
}

function StepRows({ row, run, timeline, logTrigger, selected }: StepRowsProps) {
  const { t } = useWords();
  const { step } = row;
  return (
    <tbody role="rowgroup">
      <tr role="row" className={styles.step} data-phase={step.phase}>
        <th role="rowheader" scope="row">
          <span className={styles.name}>
            <StepIcon phase={step.phase} />
            <MiddleTruncate text={step.name} />
          </span>
        </th>
        <td role="cell" className={styles.picture}>
          <Bar segments={row.segments} timeline={timeline} phase={step.phase} isStep />
        </td>
        <td role="cell">
          {t(`stepPhase.${step.phase}`)}
          {step.attempt > 1 && <span className={styles.note}> · {t('pipelines.attempt', { n: attemptText(step.attempt, step) })}</span>}
          {step.before && (
            <span className={styles.before}>
              <AttemptBefore step={step} />
            </span>
          )}
          {step.nextRetryAt && step.phase !== 'Succeeded' && (
            <span className={styles.note}>
              {' · '}
              {t('pipelines.nextAttempt', { countdown: <Countdown until={step.nextRetryAt} /> })}
            </span>
          )}
        </td>
        <Duration value={row.duration} isOver={!isMoving(step.phase)} />
      </tr>
      {row.containers.map(child => {
        const query = { run: run.id, step: step.name, container: child.container.name };
        const isSelected = selected?.step === step.name && selected.container === child.container.name;
        return (
          <ContainerLine
            key={child.container.name}
            child={child}
            query={query}
            isSelected={isSelected}
            timeline={timeline}
            logTrigger={logTrigger}
          />
        );
      })}
    </tbody>
  );
}

interface ContainerLineProps {
  child: ContainerRow;
  query: LogQuery & { container: string };
  isSelected: boolean;
  timeline: Timeline;
  logTrigger: LogTrigger;
}

function ContainerLine({ child, query, isSelected, timeline, logTrigger }: ContainerLineProps) {
  const { t } = useWords();
  const { container } = child;
  const name = (
    <span className={styles.name}>
      <ContainerIcon phase={container.phase} size={14} />
      <MiddleTruncate text={container.name} />
    </span>
  );
  const hasLog = container.phase !== 'Waiting';
  return (
    <tr role="row" className={styles.container} data-phase={container.phase} data-selected={isSelected || undefined}>
      <th role="rowheader" scope="row">
        {hasLog ? logTrigger(query, t('pipelines.showLog', { container: container.name }), name) : name}
      </th>
      <td role="cell" className={styles.picture}>
        <Bar segments={child.segments} timeline={timeline} phase={container.phase} />
      </td>
      <td role="cell" title={container.message}>
        <ContainerWords container={container} />
        <Waits child={child} />
      </td>
      <Duration value={child.duration} isOver={container.phase !== 'Running'} />
    </tr>
  );
}

function ContainerWords({ container }: { container: ContainerState }) {
  const { t } = useWords();
  const { phase, exitCode, reason, helper, message } = container;
  const code = String(exitCode);
  if (phase === 'Running') return <>{t(helper ? 'container.helperRunning' : 'container.running')}</>;
  if (phase === 'Waiting') {
    const isUsual = !reason || USUAL_WAITS.includes(reason);
    const lacking = reason === 'CreateContainerConfigError' ? lastWords(message) : '';
    if (lacking) return <bdi>{t('container.waitingBecause', { reason: lacking })}</bdi>;
    return <>{isUsual ? t('container.waiting') : t('container.waitingBecause', { reason })}</>;
  }
  if (phase === 'Succeeded') return <>{t(helper ? 'container.helperSucceeded' : 'container.succeeded')}</>;
  if (exitCode === undefined) return <>{reason ?? t('container.failed')}</>;
  return <>{reason && reason !== 'Error' ? t('container.exitedBecause', { code, reason }) : t('container.exited', { code })}</>;
}

/** Shorter waits are part of every start. */
const NOTABLE_WAIT_MS = 2_000;

/** Why it took so long to begin. */
function Waits({ child }: { child: ContainerRow }) {
  const { t } = useWords();
  const waits = waitsIn(child.segments).filter(({ duration }) => duration >= NOTABLE_WAIT_MS);
  return (
    <span className={styles.note}>
      {waits.map(({ waitsFor, duration }) => ` · ${t(`wait.${waitsFor}`)} ${formatDuration(duration)}`).join('')}
    </span>
  );
}

function Duration({ value, isOver }: { value: number | undefined; isOver: boolean }) {
  const format = isOver ? formatTaken : formatDuration;
  return (
    <td role="cell" className={styles.number}>
      {value === undefined ? '' : format(value)}
    </td>
  );
}
