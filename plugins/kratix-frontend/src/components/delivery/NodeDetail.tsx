import { ButtonLink, Card, CardBody, CardHeader, Link, Text } from '@backstage/ui';
import { RiGitCommitLine, RiTerminalBoxLine } from '@remixicon/react';
import { plainText, type DeliveredFile, type DestinationState, type HealthState, type RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import { healthOfNode, type GraphNode } from '../../model/deliveryGraph';
import { currentRun } from '../../model/runs';
import { specToText } from '../../model/specText';
import { Code } from '../Code';
import { FileList } from '../FileList';
import { MiddleTruncate } from '../MiddleTruncate';
import { Sentence } from '../Sentence';
import { Ago } from '../Times';
import { useRequestLinks } from '../useRequestLinks';
import { useFormats, useWords } from '../useWords';
import { FileView } from './FileView';
import { NodeIcon } from './NodeIcon';
import { useNodeWords } from './useNodeWords';
import styles from './Delivery.module.css';

/** What is behind the chosen node: its files with content, where they were written, what health says. */
export function NodeDetail({ state, node }: { state: RequestDetail; node: GraphNode }) {
  const { t } = useWords();
  const { title, note } = useNodeWords()(node);
  const name = node.kind === 'health' ? node.name : title;
  return (
    <Card>
      <CardHeader>
        <h2 className={styles.name}>
          <NodeIcon state={node.state} size={18} />
          <Text as="span" variant="title-x-small" weight="bold" className={styles.title}>
            <MiddleTruncate text={name || title} />
          </Text>
          <Text as="span" variant="body-small" color="secondary">
            {t(`delivery.kind.${node.kind}`)} · {node.kind === 'health' ? title : note}
          </Text>
        </h2>
      </CardHeader>
      <CardBody className={styles.detail}>
        <Body state={state} node={node} />
      </CardBody>
    </Card>
  );
}

function Body({ state, node }: { state: RequestDetail; node: GraphNode }) {
  switch (node.kind) {
    case 'request':
      return (
        <Text as="p" variant="body-medium">
          <Sentence summary={state.summary} />
        </Text>
      );
    case 'destination': {
      const destination = state.destinations.find(candidate => candidate.name === node.name);
      return destination ? <Destination state={state} destination={destination} /> : null;
    }
    case 'health':
      return <Health health={healthOfNode(state, node.id)} />;
    default:
      return <Step state={state} node={node} />;
  }
}

function Destination({ state, destination }: { state: RequestDetail; destination: DestinationState }) {
  const { t } = useWords();
  const { name, phase, message, files, store, version, drift } = destination;
  const commit = state.delivery.commits.find(candidate => candidate.destination === name);
  return (
    <>
      {message && phase !== 'Delivered' && <p className={styles.message}>{plainText(message)}</p>}
      {drift && <p className={styles.message}>{plainText(drift)}</p>}
      <Text as="p" variant="body-small" color="secondary" className={styles.facts}>
        {store && <span>{t('delivery.store', { store: store.name })}</span>}
        {version && (
          <span className={styles.commit}>
            <RiGitCommitLine size={14} aria-hidden />
            {commit?.url ? (
              <Link href={commit.url} target="_blank" rel="noopener noreferrer" variant="body-small" title={version}>
                {version.slice(0, 12)}
              </Link>
            ) : (
              <span title={version}>{version.slice(0, 12)}</span>
            )}
          </span>
        )}
        {commit?.at && <Ago time={commit.at} />}
      </Text>
      <Files state={state} files={files} destination={name} version={version} />
    </>
  );
}

interface FilesProps {
  state: RequestDetail;
  files: DeliveredFile[];
  destination?: string;
  version?: string;
}

function Files({ state, files, destination, version }: FilesProps) {
  const { t } = useWords();
  const { size } = useFormats();
  const changed = files.find(file => file.changed);
  if (files.length === 0) return <p className={styles.note}>{t('delivery.noFiles')}</p>;
  const listed = files.map(file => ({
    key: `${file.step}/${file.path}`,
    path: file.path,
    mark: file.changed && t('delivery.changed'),
    note: `${file.step} · ${size(file.size)}`,
    content: <FileView identity={state} file={file} destination={destination} version={version} />,
    isOpenAtFirst: file === changed,
  }));
  return <FileList files={listed} label={t('delivery.filesIn', { destination: destination ?? '' })} />;
}

function Step({ state, node }: { state: RequestDetail; node: GraphNode }) {
  const { t } = useWords();
  const links = useRequestLinks();
  const run = currentRun(state);
  const bundle = state.delivery.bundles.find(({ work, group }) => node.id === `bundle:${work}/${group}`);
  const step = bundle?.step ?? node.name;
  const files = new Map(
    state.destinations.flatMap(destination => destination.files.filter(file => file.step === step)).map(file => [file.path, file]),
  );
  return (
    <>
      {bundle && (
        <Text as="p" variant="body-small" color="secondary" className={styles.facts}>
          <span>{t('delivery.work', { work: bundle.work })}</span>
          {bundle.destinations.length > 0 && <span>{t('delivery.goesTo', { count: bundle.destinations.length })}</span>}
        </Text>
      )}
      {bundle?.message && <p className={styles.message}>{plainText(bundle.message)}</p>}
      <Files state={state} files={[...files.values()]} />
      {run && links.pipelines && (
        <div>
          <ButtonLink href={links.pipelines({ run: run.id, step })} size="small" variant="secondary" iconStart={<RiTerminalBoxLine aria-hidden />}>
            {t('delivery.seeStep')}
          </ButtonLink>
        </div>
      )}
    </>
  );
}

function Health({ health }: { health?: HealthState }) {
  const { t } = useWords();
  if (!health) return null;
  return (
    <>
      <Text as="p" variant="body-small" color="secondary">
        {health.lastRun ? t('delivery.checked', { ago: <Ago time={health.lastRun} /> }) : t('delivery.neverChecked')}
      </Text>
      {health.details && <Code text={specToText(health.details)} label={t('delivery.healthDetails')} />}
    </>
  );
}
