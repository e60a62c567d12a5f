import { useMemo } from 'react';
import { Route, Routes, useParams } from 'react-router-dom';
import { ButtonLink, Link, Text } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { RiArrowLeftLine } from '@remixicon/react';
import { humanise, type ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveRequest } from '../../live/useLiveRequest';
import { requestRouteRef, requestsRouteRef } from '../../routes';
import { DeliveryTab } from '../delivery/DeliveryTab';
import { ManageTab } from '../manage/ManageTab';
import { MiddleTruncate } from '../MiddleTruncate';
import { PipelinesCard } from '../pipelines/PipelinesCard';
import { PipelinesTab } from '../pipelines/PipelinesTab';
import { StatusCard } from '../status/StatusCard';
import { RequestBase } from '../useRequestLinks';
import { useWords } from '../useWords';
import { useEntityAddress } from './useAddresses';
import styles from './SingleRequest.module.css';

/**
 * A request by itself: for one that the catalog does not have yet, or never will because its provider leaves requests out.
 * Shows what the request's entity page would.
 */
export function SingleRequest() {
  const { t } = useWords();
  const identity = useIdentity();
  const part = useParams()['*'] ?? '';
  const requests = useRouteRef(requestsRouteRef);
  const own = useRouteRef(requestRouteRef)?.(identity) ?? '';
  const { snapshot } = useLiveRequest(identity);
  const entity = useEntityAddress()(snapshot.state ?? {});
  const parts = [
    { path: '', title: t('platform.request.overview') },
    { path: 'pipelines', title: t('pipelines.tab') },
    { path: 'delivery', title: t('delivery.tab') },
    { path: 'manage', title: t('manage.tab') },
  ];
  return (
    <RequestBase.Provider value={own}>
      <div className={styles.page}>
        {requests && (
          <Link href={requests()} variant="body-small" className={styles.back}>
            <RiArrowLeftLine size={14} aria-hidden /> {t('platform.request.all')}
          </Link>
        )}
        <header className={styles.head}>
          <div className={styles.names}>
            <Text as="h2" variant="title-medium" weight="bold" className={styles.name}>
              <MiddleTruncate text={identity.name} />
            </Text>
            <p className={styles.quiet}>{[snapshot.state ? humanise(snapshot.state.kind) : identity.plural, identity.namespace, identity.cluster].join(' · ')}</p>
          </div>
          {entity && (
            <ButtonLink href={entity} variant="secondary">
              {t('platform.request.entity')}
            </ButtonLink>
          )}
        </header>
        <nav className={styles.parts} aria-label={t('platform.request.parts')}>
          {parts.map(({ path, title }) => (
            <Link key={path} href={`${own}/${path}`.replace(/\/$/, '')} className={styles.part} aria-current={path === part ? 'page' : undefined}>
              {title}
            </Link>
          ))}
        </nav>
        <Routes>
          <Route path="pipelines" element={<PipelinesTab identity={identity} />} />
          <Route path="delivery" element={<DeliveryTab identity={identity} />} />
          <Route path="manage" element={<ManageTab identity={identity} />} />
          <Route path="*" element={<Overview identity={identity} />} />
        </Routes>
      </div>
    </RequestBase.Provider>
  );
}

function Overview({ identity }: { identity: ResourceIdentity }) {
  return (
    <div className={styles.overview}>
      <StatusCard identity={identity} />
      <PipelinesCard identity={identity} />
    </div>
  );
}

/** What the address names. The kind is not part of it: the back end knows it. */
function useIdentity(): ResourceIdentity {
  const { cluster = '', group = '', version = '', plural = '', namespace = '', name = '' } = useParams();
  return useMemo(() => ({ cluster, group, version, kind: '', plural, namespace, name }), [cluster, group, version, plural, namespace, name]);
}
