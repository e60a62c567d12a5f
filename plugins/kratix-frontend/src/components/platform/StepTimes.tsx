import { formatTaken, type PipelineMetrics, type PromiseDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import { useFetched } from '../../live/useFetched';
import { MiddleTruncate } from '../MiddleTruncate';
import { useFormats, useWords } from '../useWords';
import { SimpleTable, type SimpleColumn } from './SimpleTable';
import styles from './StepTimes.module.css';

const keyOf = ({ action, name }: Pick<PipelineMetrics, 'action' | 'name'>) => `${action}/${name}`;

/** How each step of a Promise went during the last day, and how long it takes; nothing where no run ended. */
export function StepTimes({ promise: { cluster, name, workflows } }: { promise: PromiseDetail }) {
  const { value } = useFetched(`metrics ${JSON.stringify([cluster, name])}`, (api, signal) => api.metrics(signal));
  const metrics = value?.promises.find(one => one.cluster === cluster && one.promise === name);
  if (!metrics || metrics.pipelines.length === 0) return null;
  const order = workflows.flatMap(({ type, action, pipelines }) => (type === 'resource' ? pipelines.map(pipeline => keyOf({ action, name: pipeline.name })) : []));
  const place = (pipeline: PipelineMetrics) => {
    const index = order.indexOf(keyOf(pipeline));
    // The Promise had it before, and has it no longer.
    return index < 0 ? order.length : index;
  };
  return <Known pipelines={[...metrics.pipelines].sort((a, b) => place(a) - place(b))} />;
}

function Known({ pipelines }: { pipelines: PipelineMetrics[] }) {
  const { t } = useWords();
  const { number } = useFormats();
  const longest = Math.max(...pipelines.map(({ p95Seconds = 0 }) => p95Seconds));
  const columns: SimpleColumn<PipelineMetrics>[] = [
    {
      id: 'step',
      label: t('pipelines.step'),
      width: '30%',
      cell: ({ name, action }) => (
        <>
          <MiddleTruncate text={name} />
          {action === 'delete' && <span className={styles.quiet}>{t('platform.promise.times.onDelete')}</span>}
        </>
      ),
    },
    { id: 'succeeded', label: t('platform.promise.times.succeeded'), width: '6rem', isNumber: true, cell: ({ succeeded }) => number(succeeded) },
    { id: 'failed', label: t('platform.promise.times.failed'), width: '6rem', isNumber: true, cell: ({ failed }) => number(failed) },
    { id: 'takes', label: t('platform.promise.times.takes'), cell: pipeline => <Takes pipeline={pipeline} longest={longest} /> },
  ];
  return (
    <div className={styles.times}>
      <p className={styles.quiet}>{t('platform.promise.times.hint')}</p>
      <SimpleTable title={t('platform.promise.times.title')} columns={columns} items={pipelines} keyOf={keyOf} />
    </div>
  );
}

/** The usual time as a bar within that of the slowest ones, against the slowest of all steps; the words say the same. */
function Takes({ pipeline: { medianSeconds, p95Seconds }, longest }: { pipeline: PipelineMetrics; longest: number }) {
  const { t } = useWords();
  if (medianSeconds === undefined || p95Seconds === undefined) return <span className={styles.quiet}>{t('platform.promise.times.neverDone')}</span>;
  const share = (seconds: number) => `${longest > 0 ? Math.max(2, (seconds / longest) * 100) : 2}%`;
  const [usual, slow] = [medianSeconds, p95Seconds].map(seconds => formatTaken(seconds * 1000));
  return (
    <>
      <span className={styles.bar} aria-hidden>
        <span className={styles.slow} style={{ width: share(p95Seconds) }} />
        <span className={styles.usual} style={{ width: share(medianSeconds) }} />
      </span>
      <span className={styles.quiet}>{usual === slow ? usual : t('platform.promise.times.usualAndSlow', { usual, slow })}</span>
    </>
  );
}
