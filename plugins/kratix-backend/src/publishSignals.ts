import type { LoggerService } from '@backstage/backend-plugin-api';
import type { SignalsService } from '@backstage/plugin-signals-node';
import { SIGNAL_CHANNEL, signalKey, signalRef } from '@kratix-ts/backstage-plugin-kratix-common';
import type { Clusters } from './clusters/Clusters';
import type { ClusterWatch } from './clusters/ClusterWatch';
import type { Changes } from './clusters/ChangeFeed';

/** Names of changed objects in one message; a burst can touch thousands. */
const REFS_PER_SIGNAL = 500;

/** A change that concerns everything names every Promise, which stands for its requests. */
function refsOf(watch: ClusterWatch, { all, requests, promises, destinations, objects }: Changes): string[] {
  const names = all ? watch.promises().map(({ metadata }) => metadata.name) : promises;
  const platform = (plural: string, name: string) => signalRef({ plural, group: 'platform.kratix.io', namespace: '', name });
  const refs = [...names.map(name => platform('promises', name)), ...destinations.map(name => platform('destinations', name)), ...objects];
  return [...new Set([...refs, ...requests])].map(signalKey);
}

/** Tells every open page which objects changed, by keys alone: pages that show one fetch it through the authorised API. */
export function publishSignals(clusters: Clusters, signals: SignalsService, logger: LoggerService): void {
  clusters.onCluster(watch =>
    watch.onChange(changes => {
      const refs = refsOf(watch, changes);
      for (let start = 0; start < refs.length; start += REFS_PER_SIGNAL) {
        const message = { cluster: watch.name, refs: refs.slice(start, start + REFS_PER_SIGNAL) };
        signals
          .publish({ recipients: { type: 'broadcast' }, channel: SIGNAL_CHANNEL, message })
          .catch(error => logger.warn(`Signal of cluster "${watch.name}" was not sent: ${error}`));
      }
    }),
  );
}
