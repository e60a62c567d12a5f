import type { ReactElement } from 'react';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Alert } from '@backstage/ui';
import { identityOf, type ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { DeliveryTab } from './components/delivery/DeliveryTab';
import { Legible } from './components/Legible';
import { ManageTab } from './components/manage/ManageTab';
import { PipelinesCard } from './components/pipelines/PipelinesCard';
import { PipelinesTab } from './components/pipelines/PipelinesTab';
import { StatusCard } from './components/status/StatusCard';
import { useWords } from './components/useWords';

export const EntityStatusCard = () => <ForEntity>{identity => <StatusCard identity={identity} />}</ForEntity>;

export const EntityPipelinesCard = () => <ForEntity>{identity => <PipelinesCard identity={identity} />}</ForEntity>;

// Both of the catalog's layouts of an entity's page have room around their tabs already.
export const EntityPipelinesTab = () => <ForEntity>{identity => <PipelinesTab identity={identity} />}</ForEntity>;

export const EntityDeliveryTab = () => <ForEntity>{identity => <DeliveryTab identity={identity} />}</ForEntity>;

export const EntityManageTab = () => <ForEntity>{identity => <ManageTab identity={identity} />}</ForEntity>;

function ForEntity({ children }: { children: (identity: ResourceIdentity) => ReactElement }) {
  const { entity } = useEntity();
  const { t } = useWords();
  const identity = identityOf(entity);
  if (!identity) return <Alert status="warning" icon title={t('problem.noIdentity', { prefix: 'kratix-ts.dev/' })} />;
  return <Legible>{children(identity)}</Legible>;
}
