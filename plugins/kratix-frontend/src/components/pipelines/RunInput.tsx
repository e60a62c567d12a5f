import { Text } from '@backstage/ui';
import type { ContainerState, RequestDetail, Run, Step } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveQuery } from '../../live/useLiveQuery';
import { useRunContent } from '../../live/useRunContent';
import { isPresent } from '../../model/runs';
import { specToText } from '../../model/specText';
import { Code } from '../Code';
import { Loading, ProblemNotice } from '../Problem';
import { useWords } from '../useWords';
import styles from './ContainerPanel.module.css';

interface RunInputProps {
  state: RequestDetail;
  run: Run;
  step: Step;
  container: ContainerState;
}

/** What the steps of a run were given: the request as it was then, where that is known, and where variables come from. */
export function RunInput({ state, run, step, container }: RunInputProps) {
  const { t } = useWords();
  const { value, problem } = useRunContent(state, run);
  const spec = isPresent(state, run) ? state.spec : value?.spec;
  const version = value?.promiseVersion;
  return (
    <div className={styles.stack}>
      <Text as="p" variant="body-small" color="secondary">
        {run.generation !== undefined && t('inputs.generation', { generation: String(run.generation) })}{' '}
        {version && t('inputs.version', { version })}
      </Text>
      {spec && <Code text={specToText(spec) || '{}'} label={t('inputs.spec')} />}
      {!spec && problem && <ProblemNotice problem={problem} />}
      {!spec && !problem && !value && <Loading />}
      {!spec && value && <p className={styles.note}>{t('inputs.unknown', { generation: String(state.generation ?? '') })}</p>}
      <VariablesFrom state={state} run={run} step={step} container={container} />
    </div>
  );
}

/** Names the objects outside of the request that a container reads, as its offer has them now. */
function VariablesFrom({ state: { cluster, promise: name, namespace }, run, step, container }: RunInputProps) {
  const { t } = useWords();
  const { value } = useLiveQuery(
    `promise ${JSON.stringify([cluster, name])}`,
    (api, signal) => api.promise(cluster, name, signal),
    change => change.cluster === cluster,
  );
  const workflow = value?.workflows.find(({ type, action }) => type === run.type && action === run.action);
  const pipeline = workflow?.pipelines.find(each => each.name === step.name);
  const objects = pipeline?.containers.find(each => each.name === container.name)?.variablesFrom;
  if (!objects) return null;
  const where = { container: container.name, objects: objects.join(', '), namespace: step.pod?.namespace ?? namespace };
  return <p className={styles.note}>{t('inputs.variablesFrom', where)}</p>;
}
