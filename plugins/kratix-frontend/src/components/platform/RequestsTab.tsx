import { useLiveQuery } from '../../live/useLiveQuery';
import { Attention } from './Attention';
import { ClusterNotices } from './Notices';
import { Requests } from './Requests';
import { useClusters, useRequestAddress } from './useAddresses';
import styles from './Requests.module.css';

/** The platform at a glance: what is wrong with clusters, counts, what needs somebody, and every request. */
export function RequestsTab() {
  const clusters = useClusters();
  const overview = useLiveQuery('overview', (api, signal) => api.overview(signal));
  const requestAddress = useRequestAddress();
  return (
    <div className={styles.requests}>
      <ClusterNotices clusters={clusters.value ?? []} />
      <Requests>
        <Attention requests={overview.value?.attention ?? []} requestAddress={requestAddress} />
      </Requests>
    </div>
  );
}
