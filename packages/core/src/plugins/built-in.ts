import type { EnginePlugin, PluginExport } from '../plugin';
import { chooseByHash } from '../scheduling';
import { bucketStateStoreType, gitStateStoreType } from '../statestore';

const gitStore: EnginePlugin = { name: 'git-store', stateStores: [gitStateStoreType] };
const bucketStore: EnginePlugin = { name: 'bucket-store', stateStores: [bucketStateStoreType] };
const labelScheduler: EnginePlugin = { name: 'label-scheduler', chooseDestination: chooseByHash };
const eventRecorder: PluginExport = ({ record }) => ({
  name: 'event-recorder',
  listeners: [{ onEvent: ({ object, ...note }) => record(object, note) }],
});

/** What the engine brings along, by the names that the configuration calls it by. */
export const builtInPlugins: ReadonlyMap<string, PluginExport> = new Map<string, PluginExport>([
  ['git-store', gitStore],
  ['bucket-store', bucketStore],
  ['label-scheduler', labelScheduler],
  ['event-recorder', eventRecorder],
]);
