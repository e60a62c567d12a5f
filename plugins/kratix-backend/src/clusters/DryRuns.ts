import type { LoggerService } from '@backstage/backend-plugin-api';
import type { DryRunSource, StateObject } from '@kratix-ts/backstage-plugin-kratix-common';
import { DryRun } from '@kratix-ts/core/api';
import { ApiError, type Informer, type KubeClient, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';

type Live<T> = KubeObject & T;
type Watch = <T extends StateObject>(type: ResourceType) => Informer<Live<T>>;

/** On a DryRun that the portal made, and so takes away. */
export const PORTAL_DRY_RUN = 'kratix-ts.dev/portal-dry-run';

/** How long the answer of a dry run can be read, in milliseconds from when it was asked. */
const KEPT_MS = 60 * 60_000;

/** A live copy of the dry runs of a cluster. Those that the portal made are deleted an hour later. */
export class DryRuns {
  private readonly informer: Informer<Live<DryRunSource>>;
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(watch: Watch, private readonly client: KubeClient, private readonly logger: LoggerService) {
    this.informer = watch(DryRun.type);
  }

  /** Tells of every change, by the request that is tried. */
  listen(touched: (promise: string, namespace: string, name: string) => void): void {
    this.informer.onChange(({ type, object: { metadata, spec } }) => {
      touched(spec?.promiseRef?.name ?? '', spec?.resourceRequestRef?.namespace ?? metadata.namespace ?? '', spec?.resourceRequestRef?.name ?? '');
      if (metadata.labels?.[PORTAL_DRY_RUN] !== 'true') return;
      if (type === 'deleted') this.forget(metadata.uid ?? '');
      else this.expire(metadata);
    });
  }

  get(namespace: string, name: string): DryRunSource | undefined {
    return this.informer.get(`${namespace}/${name}`);
  }

  observe(object: Live<DryRunSource>): void {
    this.informer.observe(object);
  }

  stop(): void {
    this.timers.forEach(timer => clearTimeout(timer));
    this.timers.clear();
  }

  private forget(uid: string): void {
    clearTimeout(this.timers.get(uid));
    this.timers.delete(uid);
  }

  private expire({ uid = '', name, namespace, creationTimestamp = '' }: StateObject['metadata']): void {
    if (this.timers.has(uid)) return;
    const due = Date.parse(creationTimestamp) + KEPT_MS;
    const timer = setTimeout(() => {
      this.client.delete(DryRun.type, { namespace, name }, { preconditions: { uid } }).catch(error => {
        if (!(error instanceof ApiError && (error.isNotFound || error.isConflict))) this.logger.warn(`DryRun "${namespace}/${name}" was not deleted: ${error}`);
      });
    }, Math.max(0, due - Date.now()));
    this.timers.set(uid, timer.unref());
  }
}
