import { InputError, NotFoundError } from '@backstage/errors';
import type { Clusters } from '../clusters/Clusters';
import type { ShowRequest } from '../routes/showRequest';
import type { Authorizer } from '../service/Authorizer';
import type { PlatformService } from '../service/PlatformService';
import type { RequestCommands } from '../service/RequestCommands';
import type { RequestId, RequestLocator } from '../service/RequestLocator';
import type { RequestService } from '../service/RequestService';

/** What actions work with: the very services of the routes, which decide for the caller. */
export interface ActionServices {
  clusters: Clusters;
  locator: RequestLocator;
  service: RequestService;
  platform: PlatformService;
  authorizer: Authorizer;
  commands: RequestCommands;
  show: ShowRequest;
}

/** The Promise that an action's input names; its cluster may be left out where only one has it. */
export interface PromiseInput {
  cluster?: string;
  promise: string;
}

/** The request that an action's input names. */
export interface RequestInput extends PromiseInput {
  namespace: string;
  name: string;
}

/** The cluster that has a Promise. Throws InputError where several have it and none was named. */
export function clusterOf(clusters: Clusters, { cluster, promise }: PromiseInput): string {
  if (cluster) return cluster;
  const having = clusters.all().filter(watch => watch.promise(promise)).map(({ name }) => name);
  if (having.length > 1) throw new InputError(`Promise "${promise}" is in the clusters ${having.join(', ')}: say which in "cluster"`);
  return having[0] ?? clusters.names[0] ?? '';
}

/** Where requests of a Promise are. Throws NotFoundError where the Promise has no API that is served. */
export function placeOf(clusters: Clusters, input: PromiseInput & { namespace: string }): Omit<RequestId, 'name'> {
  const cluster = clusterOf(clusters, input);
  const api = clusters.get(cluster)?.apis().find(({ promise }) => promise === input.promise);
  if (!api) throw new NotFoundError(`Cluster "${cluster}" has no Promise "${input.promise}" with an API; list-promises names those that there are`);
  return { cluster, group: api.group, version: api.version, plural: api.plural, namespace: input.namespace };
}

/** Names the request of an action's input as routes do. */
export function idOf(clusters: Clusters, input: RequestInput): RequestId {
  return { ...placeOf(clusters, input), name: input.name };
}
