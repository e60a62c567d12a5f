import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { TaskSecrets } from '@backstage/plugin-scaffolder-node';

/** What an action knows of the task that it is a step of. */
export interface TaskContext {
  user?: { ref?: string };
  secrets?: TaskSecrets;
  getInitiatorCredentials(): Promise<BackstageCredentials>;
}
