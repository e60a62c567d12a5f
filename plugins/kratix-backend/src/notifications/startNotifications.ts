import type { DatabaseService, RootConfigService, RootInstanceMetadataService } from '@backstage/backend-plugin-api';
import { DatabaseNoteStore } from './NoteStore';
import { RequestNotifier, type NotifierOptions } from './RequestNotifier';

export interface NotificationsOptions extends Omit<NotifierOptions, 'store'> {
  config: RootConfigService;
  database: DatabaseService;
  instance: RootInstanceMetadataService;
}

/**
 * Tells owners what becomes of their requests, where `kratix.notifications.enabled` says so; where it says nothing, when
 * the notifications plugin is a part of this backend. Returns how to stop.
 */
export async function startNotifications({ config, database, instance, ...options }: NotificationsOptions): Promise<() => void> {
  const isInstalled = async () => (await instance.getInstalledPlugins()).some(({ pluginId }) => pluginId === 'notifications');
  const isWanted = config.getOptionalBoolean('kratix.notifications.enabled') ?? (await isInstalled());
  if (!isWanted) return () => {};
  const notifier = new RequestNotifier({ ...options, store: await DatabaseNoteStore.create(database) });
  return () => notifier.stop();
}
