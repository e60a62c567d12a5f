import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { ActionServices } from './ActionServices';
import { registerCreateRequest } from './createRequest';
import { registerDeleteRequest } from './deleteRequest';
import { registerDescribePromise } from './describePromise';
import { registerDryRunRequest } from './dryRunRequest';
import { registerExplainRequest } from './explainRequest';
import { registerGetRequest } from './getRequest';
import { registerListPromises } from './listPromises';
import { registerListRequests } from './listRequests';
import { registerRerunRequest } from './rerunRequest';

/** Actions for language models, templates and other plugins. Each decides for who calls it, as the routes do. */
export function registerActions(registry: ActionsRegistryService, services: ActionServices): void {
  const all = [
    registerListPromises,
    registerDescribePromise,
    registerListRequests,
    registerGetRequest,
    registerExplainRequest,
    registerDryRunRequest,
    registerCreateRequest,
    registerDeleteRequest,
    registerRerunRequest,
  ];
  all.forEach(register => register(registry, services));
}
