import { Card, CardBody, CardHeader, Select, Text } from '@backstage/ui';
import { formatTaken, type RequestDetail, type Run } from '@kratix-ts/backstage-plugin-kratix-common';
import { compareRuns, type ComparedStep } from '../../model/compareRuns';
import { triggerKey } from '../../model/runs';
import { MiddleTruncate } from '../MiddleTruncate';
import { StepIcon } from '../phases';
import { as } from '../platform/tableRoles';
import { useFormats, useWords } from '../useWords';
import { ContentComparison } from './ContentComparison';
import styles from './RunComparison.module.css';

interface RunComparisonProps {
  state: RequestDetail;
  run: Run;
  other: Run;
  onOther: (id: string) => void;
}

/** Two runs side by side: how each step went, what they were given, and what they left. */
export function RunComparison({ state, run, other, onOther }: RunComparisonProps) {
  const { t } = useWords();
  const title = useRunTitle();
  const { whole, steps } = compareRuns(other, run);
  const options = state.runs.filter(candidate => candidate !== run).map(candidate => ({ value: candidate.id, label: title(candidate) }));
  return (
    <Card>
      <CardHeader>
        <div className={styles.head}>
          <Text as="h2" variant="body-medium" weight="bold">
            {t('compare.title', { run: title(run) })}
          </Text>
          <Select aria-label={t('compare.other')} options={options} value={other.id} onChange={key => onOther(String(key))} className={styles.other} />
        </div>
      </CardHeader>
      <CardBody className={styles.body}>
        <table className={styles.table} {...as.table}>
          <thead {...as.rowgroup}>
            <tr {...as.row}>
              <th {...as.columnheader}>{t('pipelines.step')}</th>
              <th {...as.columnheader}>{title(other)}</th>
              <th {...as.columnheader}>{title(run)}</th>
              <th {...as.columnheader} className={styles.number}>
                {t('compare.difference')}
              </th>
            </tr>
          </thead>
          <tbody {...as.rowgroup}>
            {steps.map(step => (
              <Row key={step.name} step={step} name={step.name} />
            ))}
            <Row step={whole} name={t('compare.whole')} />
          </tbody>
        </table>
        <ContentComparison state={state} run={run} other={other} />
      </CardBody>
    </Card>
  );
}

function Row({ step: { before, after }, name }: { step: ComparedStep; name: string }) {
  const difference = before?.duration !== undefined && after?.duration !== undefined ? after.duration - before.duration : undefined;
  return (
    <tr {...as.row}>
      <th {...as.rowheader}>
        <MiddleTruncate text={name} />
      </th>
      <Outcome outcome={before} />
      <Outcome outcome={after} />
      <td {...as.cell} className={styles.number}>{difference !== undefined && signed(difference)}</td>
    </tr>
  );
}

function Outcome({ outcome }: { outcome: ComparedStep['before'] }) {
  const { t } = useWords();
  if (!outcome) return <td {...as.cell} className={styles.note}>{t('compare.absent')}</td>;
  return (
    <td {...as.cell}>
      <span className={styles.outcome}>
        <StepIcon phase={outcome.phase} size={14} />
        {t(`stepPhase.${outcome.phase}`)}
        {outcome.duration !== undefined && <span className={styles.note}>{formatTaken(outcome.duration)}</span>}
      </span>
    </td>
  );
}

/** `+4 s`; nothing where they took the same. */
function signed(milliseconds: number): string {
  if (Math.abs(milliseconds) < 1000) return '±0 s';
  return `${milliseconds > 0 ? '+' : '−'}${formatTaken(Math.abs(milliseconds))}`;
}

function useRunTitle(): (run: Run) => string {
  const { t } = useWords();
  const { moment } = useFormats();
  return run => {
    const name = t(`trigger.${triggerKey(run)}`);
    return run.startedAt ? `${name}, ${moment(new Date(run.startedAt), new Date())}` : name;
  };
}
