import type {
  BindingSource,
  HealthRecordSource,
  RevisionSource,
  StateObject,
  StoreSource,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { BucketStateStore, GitStateStore, HealthRecord, PromiseRevision, ResourceBinding } from '@kratix-ts/core/api';
import type { Informer, InformerEvent, KubeObject, ResourceType } from '@kratix-ts/core/kube';

type Live<T> = KubeObject & T;
type Watch = <T extends StateObject>(type: ResourceType) => Informer<Live<T>>;

export interface PlatformListener {
  /** A request, by its Promise, namespace and name, of which something else says something new. */
  request: (promise: string, namespace: string, name: string) => void;
  promise: (name: string) => void;
  /** An object of the platform itself. */
  object: (type: ResourceType, namespace: string, name: string) => void;
}

/** A live copy of stores, revisions, bindings and health records. */
export class PlatformObjects {
  private readonly storeInformers: Informer<Live<StoreSource>>[];
  private readonly revisionInformer: Informer<Live<RevisionSource>>;
  private readonly bindings: Informer<Live<BindingSource>>;
  private readonly healthRecords: Informer<Live<HealthRecordSource>>;

  constructor(watch: Watch) {
    this.storeInformers = [watch(GitStateStore.type), watch(BucketStateStore.type)];
    this.revisionInformer = watch(PromiseRevision.type);
    this.bindings = watch(ResourceBinding.type);
    this.healthRecords = watch(HealthRecord.type);
    this.revisionInformer.addIndex('promise', ({ spec }) => [spec?.promiseRef?.name ?? '']);
    this.bindings.addIndex('request', ({ spec }) => [
      `${spec?.promiseRef?.name ?? ''}/${spec?.resourceRef?.namespace ?? ''}/${spec?.resourceRef?.name ?? ''}`,
    ]);
    this.healthRecords.addIndex('request', ({ data }) => [`${data?.resourceRef?.namespace ?? ''}/${data?.resourceRef?.name ?? ''}`]);
  }

  /** Tells of every change. */
  listen({ request, promise, object }: PlatformListener): void {
    this.storeInformers.forEach(informer =>
      informer.onChange(event => object(informer.type, '', event.object.metadata.name)),
    );
    this.revisionInformer.onChange(event => promise(event.object.spec?.promiseRef?.name ?? ''));
    this.bindings.onChange(({ object: { spec } }) =>
      request(spec?.promiseRef?.name ?? '', spec?.resourceRef?.namespace ?? '', spec?.resourceRef?.name ?? ''),
    );
    this.healthRecords.onChange((event: InformerEvent<Live<HealthRecordSource>>) => {
      const { metadata, data } = event.object;
      object(HealthRecord.type, metadata.namespace ?? '', metadata.name);
      if (data?.resourceRef) request(data.promiseRef?.name ?? '', data.resourceRef.namespace ?? '', data.resourceRef.name ?? '');
    });
  }

  stores(): StoreSource[] {
    return this.storeInformers.flatMap(informer => informer.list());
  }

  revisions(promise: string): RevisionSource[] {
    return this.revisionInformer.byIndex('promise', promise);
  }

  bindingsOf(promise: string): BindingSource[] {
    return this.bindings.list().filter(({ spec }) => spec?.promiseRef?.name === promise);
  }

  binding(promise: string, namespace: string, name: string): BindingSource | undefined {
    return this.bindings.byIndex('request', `${promise}/${namespace}/${name}`)[0];
  }

  /** Of one request; records that name another Promise are left out. */
  health(promise: string, namespace: string, name: string): HealthRecordSource[] {
    return this.healthRecords
      .byIndex('request', `${namespace}/${name}`)
      .filter(({ data }) => !data?.promiseRef?.name || data.promiseRef.name === promise);
  }
}
