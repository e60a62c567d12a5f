import { StoreError, type StateStore, type StateStoreType, type StoreErrorReason, type StoreOptions } from '../statestore';
import { within } from './within';

/** How long one call of a store may take unless its kind says, in milliseconds. */
const PATIENCE_MS = 120_000;

/** The reasons are checked by name: a plugin may bring another copy of this package, and with it another class. */
function reasonOf(error: unknown): StoreErrorReason | undefined {
  const { name, reason } = (error ?? {}) as { name?: unknown; reason?: unknown };
  return name === 'StoreError' && typeof reason === 'string' ? (reason as StoreErrorReason) : undefined;
}

/** Any failure of a plugin's store as one that controllers know, with the plugin's name in it. */
function told(plugin: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StoreError(reasonOf(error) ?? 'LocalFault', `plugin "${plugin}": ${message}`, { cause: error });
}

/** A kind of store whose failures name its plugin, and that nobody waits for longer than its time. */
export function guardedType(plugin: string, type: StateStoreType): StateStoreType {
  const { patienceMs = PATIENCE_MS } = type;
  const call = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await within(patienceMs, what, work);
    } catch (error) {
      throw told(plugin, error instanceof Error && error.message.startsWith(what) ? new StoreError('TimedOut', `plugin "${plugin}": ${error.message}`) : error);
    }
  };
  const guarded = (store: StateStore): StateStore => ({
    submit: change => call('submit', () => store.submit(change)),
    compare: change => call('compare', () => store.compare(change)),
    read: directory => call('read', () => store.read(directory)),
    check: () => call('check', () => store.check()),
    refetch: () => call('refetch', () => store.refetch()),
    // nobody is left to tell
    close: () => call('close', () => store.close()).catch(() => undefined),
  });
  return {
    ...type,
    create(options: StoreOptions) {
      try {
        return guarded(type.create(options));
      } catch (error) {
        throw told(plugin, error);
      }
    },
  };
}
