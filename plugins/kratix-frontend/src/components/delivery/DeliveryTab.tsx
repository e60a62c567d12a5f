import { Card, CardBody, CardHeader, Text } from '@backstage/ui';
import type { DeliveredFile, DestinationState, ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { Hidden } from '../Hidden';
import type { LiveSnapshot } from '../../live/LiveRequest';
import { useLiveRequest } from '../../live/useLiveRequest';
import { MiddleTruncate } from '../MiddleTruncate';
import { DestinationIcon } from '../phases';
import { Loading, NotFreshNotice, ProblemNotice } from '../Problem';
import { useFormats, useWords } from '../useWords';
import styles from './Delivery.module.css';

/** Where a request's files went: each destination with its state, store and files. */
export function DeliveryTab({ identity }: { identity: ResourceIdentity }) {
  const { snapshot, live } = useLiveRequest(identity);
  return <DeliveryTabView snapshot={snapshot} onRetry={live.refresh} />;
}

/** The same without the fetching. */
export function DeliveryTabView({ snapshot, onRetry }: { snapshot: LiveSnapshot; onRetry?: () => void }) {
  const { t } = useWords();
  const { state, problem } = snapshot;
  if (state && state.destinations.length > 0) {
    return (
      <div className={styles.list}>
        <NotFreshNotice snapshot={snapshot} />
        {state.destinations.map(destination => (
          <DestinationCard key={destination.name} destination={destination} />
        ))}
      </div>
    );
  }
  return (
    <Card>
      <CardBody>
        {state && (
          <Text as="p" variant="body-medium" color="secondary">
            {state.summary.phase === 'NotPlaced' ? state.summary.sentence : t('delivery.none')}
          </Text>
        )}
        {!state && problem && <ProblemNotice problem={problem} onRetry={onRetry} />}
        {!state && !problem && <Loading />}
      </CardBody>
    </Card>
  );
}

function DestinationCard({ destination }: { destination: DestinationState }) {
  const { t } = useWords();
  const { name, phase, message, files, store, version } = destination;
  return (
    <Card>
      <CardHeader>
        <div className={styles.head}>
          <h2 className={styles.name}>
            <DestinationIcon phase={phase} size={18} />
            <Text as="span" variant="title-x-small" weight="bold">
              {name}
            </Text>
          </h2>
          <Text as="span" variant="body-small" color="secondary">
            {t(`delivery.${phase}`)} · {files.length > 0 ? t('delivery.files', { count: files.length }) : t('delivery.noFiles')}
            {store && ` · ${store.kind} ${store.name}`}
            {version && ` · ${version.slice(0, 12)}`}
          </Text>
        </div>
      </CardHeader>
      <CardBody>
        {message && phase !== 'Delivered' && <p className={styles.message}>{message}</p>}
        {files.length > 0 && <Files files={files} destination={name} />}
      </CardBody>
    </Card>
  );
}

function Files({ files, destination }: { files: DeliveredFile[]; destination: string }) {
  const { t } = useWords();
  const { size } = useFormats();
  return (
    <table className={styles.files}>
      <caption>
        <Hidden>
          {t('delivery.deliveredTo', { destination })}
        </Hidden>
      </caption>
      <thead>
        <tr>
          <th scope="col">{t('delivery.path')}</th>
          <th scope="col">{t('delivery.step')}</th>
          <th scope="col" className={styles.number}>
            {t('delivery.size')}
          </th>
        </tr>
      </thead>
      <tbody>
        {files.map(file => (
          <tr key={`${file.step}/${file.path}`}>
            <th scope="row" className={styles.path}>
              <MiddleTruncate text={file.path} />
              {file.changed && <span className={styles.changed}>{t('delivery.changed')}</span>}
            </th>
            <td>{file.step}</td>
            <td className={styles.number}>{size(file.size)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
