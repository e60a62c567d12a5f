import { Promise as PromiseKind, PromiseRelease, type PromiseObject, type PromiseReleaseObject } from '../api';
import { ApiError, coreTypes } from '../kube';
import { backoffMs } from '../kube/backoff';
import { fetchText } from '../kube/fetch-text';
import type { Key, KubeObject } from '../kube/types';
import { installedPromise, isInstalled, releasedPromise, releasedVersion, ReleaseError, releaseStatus, saidBefore } from '../promise/release';
import { Controller, type Result } from '../runtime';
import { finalizers, labels } from '../wire/names';
import type { EngineContext } from './context';
import { onSpecOrLabels } from './predicates';

/** How large a Promise may be, in bytes: no API server takes a larger one. */
const MAX_BYTES = 10 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
/** Between two tries to install, in milliseconds: the first time, doubled with each, at most the last. */
const RETRY = { firstMs: 5_000, maxMs: 10 * 60_000 };
/** The key of the secret that holds the header. Source: B-REL-2. */
const HEADER_KEY = 'authorizationHeader';

/** Looks after releases: when one changes, and when the Promise of one does. */
export function promiseReleaseController(engine: EngineContext): Controller {
  const { informers, log } = engine;
  const ofRelease = ({ metadata }: KubeObject) => [metadata.labels?.[labels.promiseReleaseName] ?? ''].filter(Boolean);
  return new Controller({ name: 'promise-release', log, reconcile: releaseReconciler(engine) })
    .watches(informers.releases, onSpecOrLabels)
    .watches(informers.promises, event => ofRelease(event.object));
}

/** Source: kratix-behaviour.md §8.1. */
function releaseReconciler(engine: EngineContext) {
  const { api, informers, events } = engine;
  const failures = new Map<Key, number>();

  async function report(release: PromiseReleaseObject, failure?: ReleaseError) {
    const status = releaseStatus(release.status, failure, engine.now());
    await api.mergePatch(PromiseRelease.type, release, { ...release, status }, { subresource: 'status' });
    if (failure && !saidBefore(release.status, failure)) events.warning(release, failure.reason, failure.message);
  }

  /** Source: B-REL-6. */
  async function remove(release: PromiseReleaseObject, promises: PromiseObject[]) {
    for (const promise of promises) await engine.deleteOnce(PromiseKind.type, promise);
    if (promises.length === 0) await api.removeFinalizers(PromiseRelease.type, release, finalizers.release);
  }

  async function authorization({ spec }: PromiseReleaseObject): Promise<string | undefined> {
    const { name, namespace = '' } = spec?.sourceRef.secretRef ?? {};
    if (!name) return undefined;
    const failed = (cause: string) => new ReleaseError('FailedToFetchPromise', `spec.sourceRef.secretRef: secret ${namespace}/${name}: ${cause}`);
    if (!namespace) throw failed('its namespace is not said; add spec.sourceRef.secretRef.namespace');
    try {
      const { data = {} } = await api.client.get<KubeObject & { data?: Record<string, string> }>(coreTypes.Secret, { name, namespace });
      if (data[HEADER_KEY] === undefined) throw failed(`it has no key ${HEADER_KEY}`);
      return Buffer.from(data[HEADER_KEY], 'base64').toString('utf8').trim();
    } catch (error) {
      throw error instanceof ApiError ? failed(error.message) : error;
    }
  }

  async function fetched(release: PromiseReleaseObject): Promise<PromiseObject> {
    const { url = '' } = release.spec?.sourceRef ?? {};
    const header = await authorization(release);
    try {
      const limits = { maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, allowLinkLocal: engine.config.allowLinkLocalReleases };
      return releasedPromise(await fetchText(url, { ...limits, ...(header && { authorization: header }) }));
    } catch (error) {
      if (error instanceof ReleaseError) throw error;
      const { message, code = '' } = error as NodeJS.ErrnoException;
      throw new ReleaseError('FailedToFetchPromise', `failed to get Promise from URL: ${message || code}`);
    }
  }

  async function install(release: PromiseReleaseObject, promise: PromiseObject) {
    const existing = informers.promises.get(promise.metadata.name);
    const wanted = installedPromise(release, promise, existing);
    try {
      if (existing) await api.mergePatch(PromiseKind.type, existing, wanted);
      else await api.create(PromiseKind.type, wanted);
    } catch (error) {
      if (!(error instanceof ApiError) || error.isConflict || error.isAlreadyExists) throw error;
      throw new ReleaseError('FailedToCreateOrUpdatePromise', error.message);
    }
  }

  async function configure(release: PromiseReleaseObject, promises: PromiseObject[]): Promise<void> {
    if (promises.length > 1) {
      const names = promises.map(({ metadata }) => `"${metadata.name}"`).sort().join(', ');
      throw new ReleaseError('FailedToCreateOrUpdatePromise', `multiple Promises bear the label ${labels.promiseReleaseName}=${release.metadata.name}: ${names}; take it from all but one`);
    }
    if (!isInstalled(release, promises)) {
      const promise = await fetched(release);
      const { version, isNoted } = releasedVersion(release, promise);
      if (!isNoted) {
        // the change of the spec brings the release back
        await api.mergePatch(PromiseRelease.type, release, { ...release, spec: { sourceRef: { type: 'http' }, ...release.spec, version } });
        return;
      }
      await install(release, promise);
    }
    await report(release);
  }

  return async (key: Key): Promise<Result | void> => {
    const release = informers.releases.get(key);
    const promises = informers.promises.byIndex('release', key);
    if (!release || release.metadata.deletionTimestamp) {
      failures.delete(key);
      if (release?.metadata.finalizers?.includes(finalizers.release)) await remove(release, promises);
      return undefined;
    }
    const held = await api.patchMetadata(PromiseRelease.type, release, { addFinalizers: [finalizers.release] });
    try {
      await configure(held, promises);
      failures.delete(key);
      return undefined;
    } catch (error) {
      if (!(error instanceof ReleaseError)) throw error;
      await report(informers.releases.get(key) ?? held, error);
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      return { requeueAfterMs: backoffMs(count, RETRY) };
    }
  };
}
