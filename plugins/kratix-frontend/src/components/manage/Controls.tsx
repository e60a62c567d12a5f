import { useState, type ReactNode } from 'react';
import { Button, Card, CardBody, CardHeader, Text } from '@backstage/ui';
import type { PromiseDetail, RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import type { LiveUse } from '../../live/useLiveRequest';
import { currentRun } from '../../model/runs';
import { newerVersion } from '../../model/versions';
import { DangerButton } from '../actions/DangerButton';
import { DeleteDialog } from '../actions/DeleteDialog';
import { useRequestActions } from '../actions/useRequestActions';
import { VersionDialog } from '../platform/VersionDialog';
import { useFormats, useWords } from '../useWords';
import styles from './Manage.module.css';

interface ControlsProps {
  request: RequestDetail;
  promise?: PromiseDetail;
  live: LiveUse['live'];
}

/** Which version of the offer the request follows, and the way to another one. */
export function VersionCard({ request, promise }: Pick<ControlsProps, 'request' | 'promise'>) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  const { current, pinned } = request.versions;
  const versions = promise?.versions ?? [];
  const newer = newerVersion(request);
  const followed = current ?? pinned;
  // A Promise without a version has one revision, and nothing to choose from.
  if (versions.length === 0 || !followed) return null;
  return (
    <Part title={t('manage.version')}>
      <p className={styles.quiet}>
        {t(pinned ? 'manage.versionPinned' : 'manage.versionLatest', { version: followed })}
        {newer && ` ${t('manage.versionNewer', { version: newer })}`}
      </p>
      <div className={styles.buttons}>
        <Button variant={newer ? 'primary' : 'secondary'} onPress={() => setOpen(true)}>
          {t('manage.versionChange')}
        </Button>
      </div>
      {isOpen && <VersionDialog request={request} versions={versions} onClose={() => setOpen(false)} />}
    </Part>
  );
}

/** Running it again, from its start or from a step, and holding it. */
export function RunCard({ request, live }: ControlsProps) {
  const { t } = useWords();
  const { perform } = useRequestActions(request, live);
  const failed = currentRun(request)?.steps.find(({ phase }) => phase === 'Failed');
  const { paused } = request;
  return (
    <Part title={t('manage.run')}>
      <p className={styles.quiet}>{t(paused ? 'manage.runPaused' : 'manage.runText')}</p>
      <div className={styles.buttons}>
        <Button variant="secondary" isDisabled={Boolean(paused)} onPress={() => perform({ do: 'rerun' })}>
          {t('manage.rerun')}
        </Button>
        {failed && (
          <Button variant="secondary" isDisabled={Boolean(paused)} onPress={() => perform({ do: 'retry', step: failed.name })}>
            {t('actions.retryStep', { step: failed.name })}
          </Button>
        )}
        {!paused && (
          <Button variant="secondary" onPress={() => perform({ do: 'pause' })}>
            {t('actions.pause')}
          </Button>
        )}
        {paused?.by === 'request' && (
          <Button variant="primary" onPress={() => perform({ do: 'unpause' })}>
            {t('actions.unpause')}
          </Button>
        )}
      </div>
    </Part>
  );
}

/** Deleting the request, with what goes with it. */
export function DeleteCard({ request, live }: ControlsProps) {
  const { t } = useWords();
  const { number } = useFormats();
  const { perform } = useRequestActions(request, live);
  const [isOpen, setOpen] = useState(false);
  const goes = request.destinations.filter(({ files }) => files.length > 0);
  return (
    <Part title={t('manage.delete')}>
      <p className={styles.quiet}>{t('actions.deleteText')}</p>
      {goes.length + request.children.length > 0 && (
        <ul className={styles.list}>
          {goes.map(({ name, files }) => (
            <li key={name}>
              <bdi>{t('manage.deleteFiles', { count: files.length, number: number(files.length), name })}</bdi>
            </li>
          ))}
          {request.children.map(({ kind, namespace, name }) => (
            <li key={`${kind}/${namespace}/${name}`}>
              <bdi>{t('manage.deleteChild', { kind, name: `${namespace}/${name}` })}</bdi>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.buttons}>
        <DangerButton onPress={() => setOpen(true)}>{t('actions.delete')}</DangerButton>
      </div>
      <DeleteDialog name={request.name} isOpen={isOpen} onClose={() => setOpen(false)} onDelete={() => perform({ do: 'remove', uid: request.uid })} />
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card>
      <CardHeader>
        <Text as="h2" variant="title-x-small" weight="bold">
          {title}
        </Text>
      </CardHeader>
      <CardBody>
        <div className={styles.part}>{children}</div>
      </CardBody>
    </Card>
  );
}
