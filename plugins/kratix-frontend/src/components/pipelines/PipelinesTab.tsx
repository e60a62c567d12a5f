import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Card, CardBody, Text, ToggleButton } from '@backstage/ui';
import { RiArrowLeftRightLine } from '@remixicon/react';
import type { RequestDetail, ResourceIdentity, Run } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveRequest, type LiveUse } from '../../live/useLiveRequest';
import { runBefore } from '../../model/compareRuns';
import { chosenRun } from '../../model/runs';
import { Loading, NotFreshNotice, ProblemNotice } from '../Problem';
import { useWords } from '../useWords';
import { ContainerPanel, PANELS, type Panel } from './ContainerPanel';
import { RerunButton } from './RerunButton';
import { RunComparison } from './RunComparison';
import { RunList } from './RunList';
import { RunTable, type LogTrigger } from './RunTable';
import { RunTitle } from './RunTitle';
import styles from './Pipelines.module.css';

/** All recorded runs of a request; the chosen one as a timeline, and the log of one of its containers. */
export function PipelinesTab({ identity }: { identity: ResourceIdentity }) {
  const { snapshot, live } = useLiveRequest(identity);
  return <PipelinesTabView snapshot={snapshot} live={live} />;
}

/** The same without the fetching. What is chosen stands in the address. */
export function PipelinesTabView({ snapshot, live }: LiveUse) {
  const { t } = useWords();
  const { state, problem } = snapshot;
  const { chosen, choose } = useChosen();
  const run = state && chosenRun(state, chosen.run);
  if (state && run) {
    return (
      <div className={styles.page}>
        <div className={styles.columns}>
          <RunList runs={state.runs} chosen={run} />
          <div className={styles.main}>
            <NotFreshNotice snapshot={snapshot} />
            <ChosenRun state={state} run={run} chosen={chosen} choose={choose} live={live} />
          </div>
        </div>
      </div>
    );
  }
  return (
    <Card>
      <CardBody>
        {state && (
          <Text as="p" variant="body-medium" color="secondary">
            {t('pipelines.noRuns')}
          </Text>
        )}
        {!state && problem && <ProblemNotice problem={problem} onRetry={live.refresh} onward />}
        {!state && !problem && <Loading />}
      </CardBody>
    </Card>
  );
}

interface ChosenRunProps {
  state: RequestDetail;
  run: Run;
  chosen: Choice;
  choose: (next: Choice) => void;
  live: LiveUse['live'];
}

function ChosenRun({ state, run, chosen, choose, live }: ChosenRunProps) {
  const { t } = useWords();
  const before = runBefore(state.runs, run);
  const other = state.runs.find(candidate => candidate.id === chosen.compare && candidate !== run);
  const step = run.steps.find(candidate => candidate.name === chosen.step);
  const container = step?.containers.find(candidate => candidate.name === chosen.container);
  const selected = step && container ? { run: run.id, step: step.name, container: container.name } : undefined;
  const logTrigger: LogTrigger = (query, label, children) => (
    <button
      type="button"
      className={styles.logButton}
      aria-label={label}
      aria-pressed={selected?.step === query.step && selected?.container === query.container}
      onClick={() => choose({ ...query, panel: chosen.panel, compare: chosen.compare })}
    >
      {children}
    </button>
  );
  return (
    <>
      <Card>
        <CardBody>
          <div className={styles.run}>
            <div className={styles.runHead}>
              <RunTitle run={run} />
              <span className={styles.runTools}>
                {before && (
                  <ToggleButton
                    size="small"
                    iconStart={<RiArrowLeftRightLine aria-hidden />}
                    isSelected={other !== undefined}
                    onChange={isOn => choose({ run: chosen.run, ...(isOn && { compare: before.id }) })}
                  >
                    {t('compare.button')}
                  </ToggleButton>
                )}
                <RerunButton state={state} run={run} live={live} />
              </span>
            </div>
            <RunTable run={run} events={state.events} logTrigger={logTrigger} selected={selected} />
          </div>
        </CardBody>
      </Card>
      {other && <RunComparison state={state} run={run} other={other} onOther={compare => choose({ run: chosen.run, compare })} />}
      {selected && step && container ? (
        <ContainerPanel
          state={state}
          run={run}
          step={step}
          container={container}
          panel={chosen.panel ?? 'log'}
          onPanel={panel => choose({ ...chosen, ...selected, panel })}
          onClose={() => choose({ run: chosen.run })}
        />
      ) : (
        <Text as="p" variant="body-small" color="secondary">
          {run.steps.length > 0 && t('log.pick')}
        </Text>
      )}
    </>
  );
}

/** What the tab shows, as its address says it. */
interface Choice {
  run?: string;
  step?: string;
  container?: string;
  panel?: Panel;
  /** The run that the chosen one is compared with. */
  compare?: string;
}

const CHOICE = ['run', 'step', 'container', 'panel', 'compare'] as const;

function useChosen(): { chosen: Choice; choose: (next: Choice) => void } {
  const [params, setParams] = useSearchParams();
  const [run, step, container, panel, compare] = CHOICE.map(name => params.get(name) ?? undefined);
  const choose = useCallback(
    (next: Choice) =>
      setParams(
        current => {
          const merged = new URLSearchParams(current);
          for (const name of CHOICE) {
            const value = next[name];
            if (value) merged.set(name, value);
            else merged.delete(name);
          }
          return merged;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  );
  return { chosen: { run, step, container, panel: PANELS.find(candidate => candidate === panel), compare }, choose };
}
