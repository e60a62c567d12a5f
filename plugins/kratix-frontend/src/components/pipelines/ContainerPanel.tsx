import { lazy, Suspense } from 'react';
import { ButtonIcon, Card, CardBody, CardHeader, Tab, TabList, TabPanel, Tabs, Text } from '@backstage/ui';
import { RiCloseLine } from '@remixicon/react';
import type { ContainerState, RequestDetail, Run, Step } from '@kratix-ts/backstage-plugin-kratix-common';
import { Hidden } from '../Hidden';
import { MiddleTruncate } from '../MiddleTruncate';
import { ContainerIcon } from '../phases';
import { useWords } from '../useWords';
import { EventList } from './EventList';
import { RunFiles } from './RunFiles';
import { RunInput } from './RunInput';
import styles from './ContainerPanel.module.css';

// The log viewer with its colours and its virtual list is fetched when somebody opens a log.
const LogViewer = lazy(() => import('../log/LogViewer'));

export const PANELS = ['log', 'inputs', 'files', 'events'] as const;
export type Panel = (typeof PANELS)[number];

interface ContainerPanelProps {
  state: RequestDetail;
  run: Run;
  step: Step;
  container: ContainerState;
  panel: Panel;
  onPanel: (panel: Panel) => void;
  onClose: () => void;
}

/** One container of a run: its log, what its run was given, the files of its step, and what the cluster said of it. */
export function ContainerPanel({ state, run, step, container, panel, onPanel, onClose }: ContainerPanelProps) {
  const { t } = useWords();
  const query = { run: run.id, step: step.name, container: container.name };
  return (
    <Card>
      <CardHeader>
        <div className={styles.head}>
          <h2 className={styles.title}>
            <ContainerIcon phase={container.phase} size={18} />
            <Text as="span" variant="body-medium" weight="bold" className={styles.name}>
              <MiddleTruncate text={container.name} />
            </Text>
            <Text as="span" variant="body-small" color="secondary" className={styles.name}>
              <MiddleTruncate text={step.name} />
            </Text>
          </h2>
          <ButtonIcon size="small" variant="tertiary" icon={<RiCloseLine aria-hidden />} aria-label={t('log.close')} onPress={onClose} />
        </div>
      </CardHeader>
      <CardBody>
        <Tabs selectedKey={panel} onSelectionChange={key => onPanel(PANELS.find(candidate => candidate === key) ?? 'log')}>
          <TabList aria-label={t('panel.title', { container: container.name })}>
            {PANELS.map(id => (
              <Tab key={id} id={id} noTrack className={styles.tab}>
                {t(`panel.${id}`)}
              </Tab>
            ))}
          </TabList>
          <TabPanel id="log" className={styles.panel}>
            <Suspense fallback={<Hidden>{t('log.loading')}</Hidden>}>
              <LogOf state={state} query={query} step={step} container={container} />
            </Suspense>
          </TabPanel>
          <TabPanel id="inputs" className={styles.panel}>
            <RunInput state={state} run={run} step={step} container={container} />
          </TabPanel>
          <TabPanel id="files" className={styles.panel}>
            <RunFiles state={state} run={run} step={step} />
          </TabPanel>
          <TabPanel id="events" className={styles.panel}>
            <EventList events={state.events} step={step} />
          </TabPanel>
        </Tabs>
      </CardBody>
    </Card>
  );
}

interface LogOfProps extends Pick<ContainerPanelProps, 'state' | 'step' | 'container'> {
  query: { run: string; step: string; container: string };
}

function LogOf({ state, query, step, container }: LogOfProps) {
  const { t } = useWords();
  if (!state.abilities.readLogs) return <p className={styles.note}>{t('log.denied')}</p>;
  if (container.phase === 'Waiting') return <p className={styles.note}>{t('log.notStarted')}</p>;
  return <LogViewer key={Object.values(query).join('/')} identity={state} query={query} container={container} attempts={step.attempt} />;
}
