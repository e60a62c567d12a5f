import { useMemo, useSyncExternalStore } from 'react';
import { useApi, useApiHolder } from '@backstage/frontend-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { signalRef, type ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from '../apis/KratixApi';
import { Kept } from './kept';
import { LiveRequest, type LiveSnapshot } from './LiveRequest';

const requests = new Kept<LiveRequest>();

export interface LiveUse {
  snapshot: LiveSnapshot;
  /** To ask again, and to change the request. */
  live: Pick<LiveRequest, 'refresh' | 'perform' | 'dismiss'>;
}

/** One request, up to date while the component is mounted. */
export function useLiveRequest(identity: ResourceIdentity): LiveUse {
  const api = useApi(kratixApiRef);
  const signals = useApiHolder().get(signalApiRef);
  const key = `${identity.cluster}/${identity.version}/${signalRef(identity)}`;
  // The key stands for the identity, which callers may make anew for each render.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const live = useMemo(() => requests.get(api, key, () => new LiveRequest(identity, api, signals)), [api, signals, key]);
  const snapshot = useSyncExternalStore(live.subscribe, live.getSnapshot);
  return { snapshot, live };
}
