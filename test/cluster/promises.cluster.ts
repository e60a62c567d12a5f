import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { coreTypes, type DynamicObject, type ResourceType } from '@kratix-ts/core/kube';
import { aContainer, aName, aPipeline, type APromise, aPromise, aRequest, conditionOf, TestCluster, types, type UntilOptions, type WithStatus } from './support';

/* What only the wiring shows about Promises: their versions, what they require, pauses, releases, and their end. */

const VERSION = 'kratix.io/promise-version';
const MANUAL = 'kratix.io/manual-reconciliation';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.open();
});
afterAll(() => cluster?.close());

/** A pipeline that leaves a word in the request's status. */
const says = (word: string) => aPipeline([aContainer(`echo 'word: ${word}' >/kratix/metadata/status.yaml`, { name: 'say' })], { name: 'say' });
const workflows = (word: string) => ({ resource: { configure: [says(word)] } });

function atVersion(promise: APromise, version: string): APromise {
  return { ...promise, object: { ...promise.object, metadata: { ...promise.object.metadata, labels: { [VERSION]: version } } } };
}

const bindingOf = async (promise: APromise, request: DynamicObject) => {
  const view = await cluster.view(types.ResourceBinding);
  return view.list().filter(({ metadata }) => metadata.labels?.['kratix.io/promise-name'] === promise.name && metadata.labels['kratix.io/resource-name'] === request.metadata.name);
};

async function untilBinding(promise: APromise, request: DynamicObject, what: string, holds: (binding: WithStatus) => boolean): Promise<WithStatus> {
  await cluster.view(types.ResourceBinding);
  return cluster.until(`the binding of ${request.metadata.name}: ${what}`, async () => (await bindingOf(promise, request)).find(holds), {
    seen: () => bindingOf(promise, request),
  });
}

const untilVersion = (type: ResourceType, request: DynamicObject, version: string) =>
  cluster.untilObject(type, request.metadata, `version ${version}`, ({ status }) => (status as { promiseVersion?: string } | undefined)?.promiseVersion === version);

async function revisionsOf(promise: APromise): Promise<Record<string, boolean>> {
  const view = await cluster.view(types.PromiseRevision);
  const own = view.list().filter(({ metadata }) => metadata.labels?.['kratix.io/promise-name'] === promise.name);
  return Object.fromEntries(own.map(({ spec, status }) => [String(spec?.version), Boolean((status as { latest?: boolean } | undefined)?.latest)]));
}

describe('versions of a Promise', () => {
  let promise: APromise;
  let floating: DynamicObject;
  let pinned: DynamicObject;

  beforeAll(async () => {
    promise = atVersion(aPromise({ workflows: workflows('one') }), 'v1');
    await cluster.install(promise);
    floating = aRequest(promise.type, cluster.namespace);
    pinned = aRequest(promise.type, cluster.namespace);
    for (const request of [floating, pinned]) await cluster.create(promise.type, request);
    for (const request of [floating, pinned]) await cluster.untilReady(promise.type, request.metadata);
  });

  it('B-PR-8, B-REV-1, B-REV-2: each has a revision that belongs to the Promise, and the newest says so', async () => {
    await cluster.until('the revision to be the latest', async () => (await revisionsOf(promise)).v1);
    const view = await cluster.view(types.PromiseRevision);
    const own = view.list().find(({ metadata }) => metadata.labels?.['kratix.io/promise-name'] === promise.name);
    expect(own).toMatchObject({
      metadata: { finalizers: ['kratix.io/resource-request-cleanup'], ownerReferences: [{ kind: 'Promise', name: promise.name, controller: true }] },
      spec: { promiseRef: { name: promise.name }, version: 'v1', promiseSpec: { workflows: workflows('one') } },
    });
  });

  it('B-RB-1, B-RB-2, B-RB-8: each request has a binding that follows the Promise, and notes what was applied', async () => {
    const binding = await untilBinding(promise, floating, 'v1 applied', ({ status }) => (status as { lastAppliedVersion?: string } | undefined)?.lastAppliedVersion === 'v1');
    expect(binding).toMatchObject({ metadata: { namespace: cluster.namespace }, spec: { version: 'latest', resourceRef: { name: floating.metadata.name } } });
    expect(binding.status?.conditions).toBeUndefined();
    expect((await untilVersion(promise.type, floating, 'v1')).status).toMatchObject({ resourceBindingVersion: 'latest', word: 'one' });
  });

  it('B-RR-4, B-RB-6, B-RB-10: a new version reaches what follows, and leaves alone what is pinned', async () => {
    const [binding] = await bindingOf(promise, pinned);
    await cluster.merge(types.ResourceBinding, binding.metadata, { spec: { version: 'v1' } });
    await cluster.merge(types.Promise, promise.object.metadata, { metadata: { labels: { [VERSION]: 'v2' } }, spec: { workflows: workflows('two') } });
    expect((await untilVersion(promise.type, floating, 'v2')).status).toMatchObject({ word: 'two' });
    expect((await cluster.runsOf(floating.metadata)).map(({ spec }) => spec?.trigger)).toEqual(['created', 'promise-upgraded']);
    const after = await untilBinding(promise, floating, 'v2 applied', each => conditionOf(each, 'UpgradeSucceeded')?.status === 'True');
    expect(conditionOf(after, 'UpgradeSucceeded')).toMatchObject({ reason: 'UpgradeComplete', message: 'Resource is at version v2' });
    expect(await cluster.runsOf(pinned.metadata)).toHaveLength(1);
    await cluster.until('v2 to be the latest', async () => JSON.stringify(await revisionsOf(promise)) === JSON.stringify({ v1: false, v2: true }), { seen: () => revisionsOf(promise) });
  });

  it('B-RB-6, B-RB-8: a binding moves its request to another version, and back', async () => {
    for (const [version, word] of [['v2', 'two'], ['v1', 'one']]) {
      const [binding] = await bindingOf(promise, pinned);
      await cluster.merge(types.ResourceBinding, binding.metadata, { spec: { version } });
      expect((await untilVersion(promise.type, pinned, version)).status).toMatchObject({ word, resourceBindingVersion: version });
    }
    expect((await cluster.runsOf(pinned.metadata)).map(({ spec }) => spec?.trigger)).toEqual(['created', 'promise-upgraded', 'promise-upgraded']);
  });

  it('B-RB-5: the manual label on a binding runs the request again, once', async () => {
    const [binding] = await bindingOf(promise, pinned);
    await untilBinding(promise, pinned, 'version v1', each => conditionOf(each, 'UpgradeSucceeded')?.message === 'Resource is at version v1');
    await cluster.merge(types.ResourceBinding, binding.metadata, { metadata: { labels: { [MANUAL]: 'true' } } });
    await untilBinding(promise, pinned, 'no label, and complete', each => !each.metadata.labels?.[MANUAL] && conditionOf(each, 'UpgradeSucceeded')?.status === 'True');
    await cluster.until('the manual run', async () => (await cluster.runsOf(pinned.metadata)).at(-1)?.status?.phase === 'Succeeded' && (await cluster.runsOf(pinned.metadata)).length === 4);
    expect((await cluster.runsOf(pinned.metadata)).at(-1)?.spec?.trigger).toBe('manual');
  });

  it('B-RB-9: a binding that was deleted comes back at the version that it had', async () => {
    const [binding] = await bindingOf(promise, pinned);
    await cluster.delete(types.ResourceBinding, binding.metadata);
    await untilBinding(promise, pinned, 'a new one', ({ metadata, spec }) => metadata.uid !== binding.metadata.uid && spec?.version === 'v1');
    expect(await cluster.runsOf(pinned.metadata)).toHaveLength(4);
  });

  it('B-RR-4: a version that is not there is said, and mended', async () => {
    const [binding] = await bindingOf(promise, pinned);
    await cluster.merge(types.ResourceBinding, binding.metadata, { spec: { version: 'v9' } });
    const refused = await cluster.untilObject(promise.type, pinned.metadata, 'the refusal', each => conditionOf(each, 'Reconciled')?.reason === 'FailedPromiseRevisionLookup');
    expect(conditionOf(refused, 'Reconciled')?.message).toContain('with version v9: there are v1, v2');
    await cluster.merge(types.ResourceBinding, binding.metadata, { spec: { version: 'v1' } });
    await cluster.untilReady(promise.type, pinned.metadata);
    expect(await cluster.runsOf(pinned.metadata)).toHaveLength(4);
  });

  it('Q-24, item 72: a version that changes the label alone reaches what follows, and runs nothing', async () => {
    await cluster.merge(types.Promise, promise.object.metadata, { metadata: { labels: { [VERSION]: 'v3' } } });
    await untilVersion(promise.type, floating, 'v3');
    await untilBinding(promise, floating, 'v3 applied', ({ status }) => (status as { lastAppliedVersion?: string } | undefined)?.lastAppliedVersion === 'v3');
    expect(await cluster.runsOf(floating.metadata)).toHaveLength(2);
  });

  it('B-PR-8: the same version with another spec is the same revision, and reaches its requests', async () => {
    await cluster.merge(types.Promise, promise.object.metadata, { spec: { workflows: workflows('three') } });
    await cluster.untilObject(promise.type, floating.metadata, 'the new word', ({ status }) => (status as { word?: string } | undefined)?.word === 'three');
    expect((await cluster.runsOf(floating.metadata)).at(-1)?.spec?.trigger).toBe('promise-updated');
    expect(Object.keys(await revisionsOf(promise)).sort()).toEqual(['v1', 'v2', 'v3']);
  });

  it('B-REV-3: a revision that goes takes along what is pinned to it, and no more', async () => {
    const view = await cluster.view(types.PromiseRevision);
    const old = view.list().find(({ metadata, spec }) => metadata.labels?.['kratix.io/promise-name'] === promise.name && spec?.version === 'v1');
    await cluster.delete(types.PromiseRevision, old?.metadata ?? { name: '' });
    await cluster.untilGone(promise.type, pinned.metadata);
    await cluster.untilGone(types.PromiseRevision, old?.metadata ?? { name: '' });
    expect(await bindingOf(promise, pinned)).toEqual([]);
    expect((await cluster.view(promise.type)).get(`${cluster.namespace}/${floating.metadata.name}`)?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('B-DEL-1, B-DEL-5: bindings and revisions go with the Promise', async () => {
    await cluster.delete(types.Promise, promise.object.metadata);
    await cluster.untilGone(types.Promise, promise.object.metadata);
    await cluster.untilGone(coreTypes.CustomResourceDefinition, { name: `${promise.type.plural}.${promise.type.group}` });
    expect(await revisionsOf(promise)).toEqual({});
    expect(await bindingOf(promise, floating)).toEqual([]);
  });
});

describe('what a Promise requires', () => {
  const requiring = (name: string, ...required: { name: string; version?: string }[]): APromise => {
    const promise = aPromise({ name, workflows: workflows('served') });
    return { ...promise, object: { ...promise.object, spec: { ...(promise.object.spec as object), requiredPromises: required } } };
  };
  const untilStatus = (name: string, status: string, options?: UntilOptions) =>
    cluster.untilObject(types.Promise, { name }, status, object => object.status?.status === status, options);

  it('B-PR-11, B-PR-12, B-PR-33, B-RR-7: its requests wait, and go on within a second when it is there', async () => {
    const base = atVersion(aPromise({ workflows: workflows('base') }), 'v1');
    const upper = requiring(aName('upper-'), { name: base.name, version: 'v1' });
    await cluster.create(types.Promise, upper.object);
    const waiting = await cluster.untilObject(types.Promise, upper.object.metadata, 'the requirement', object => conditionOf(object, 'RequirementsFulfilled')?.status === 'False');
    expect(waiting.status).toMatchObject({ status: 'Unavailable', requiredPromises: [{ name: base.name, version: 'v1', state: 'Requirement not installed' }] });
    await cluster.untilCondition(types.CustomResourceDefinition, { name: `${upper.type.plural}.${upper.type.group}` }, 'Established');
    const request = aRequest(upper.type, cluster.namespace);
    await cluster.create(upper.type, request);
    await cluster.untilObject(upper.type, request.metadata, 'the wait', object => conditionOf(object, 'PromiseAvailable')?.reason === 'PromiseRequirementsNotInstalled');
    await cluster.install(base);
    await untilStatus(upper.name, 'Available', { timeout: 2_000 });
    await cluster.untilReady(upper.type, request.metadata, { timeout: 10_000 });
    const required = await cluster.untilObject(types.Promise, base.object.metadata, 'requiredBy', object => Array.isArray(object.status?.requiredBy));
    expect(required.status?.requiredBy).toEqual([{ promise: { name: upper.name }, requiredVersion: 'v1' }]);

    await cluster.merge(types.Promise, base.object.metadata, { metadata: { labels: { 'kratix.io/paused': 'true' } } });
    await untilStatus(upper.name, 'Unavailable');
    await cluster.merge(types.Promise, base.object.metadata, { metadata: { labels: { 'kratix.io/paused': null } } });
    await untilStatus(upper.name, 'Available');

    await cluster.merge(types.Promise, upper.object.metadata, { spec: { requiredPromises: [] } });
    await cluster.untilObject(types.Promise, base.object.metadata, 'no requiredBy', object => object.status?.requiredBy === undefined);
  });

  it('A17: Promises that require each other are Unavailable, and say why', async () => {
    const [a, b] = [aName('circle-'), aName('circle-')];
    await cluster.install(requiring(a));
    await cluster.install(requiring(b, { name: a }));
    await cluster.merge(types.Promise, { name: a }, { spec: { requiredPromises: [{ name: b }] } });
    await untilStatus(a, 'Unavailable');
    const second = await untilStatus(b, 'Unavailable');
    expect(conditionOf(second, 'RequirementsFulfilled')?.message).toContain('require each other');
    await cluster.merge(types.Promise, { name: a }, { spec: { requiredPromises: [] } });
    await untilStatus(b, 'Available');
  });
});

describe('a Promise that is paused', () => {
  it('B-PR-3, Q-21: does nothing, not even go, until the label is taken away; without pipelines too', async () => {
    const promise = aPromise();
    await cluster.install(promise);
    await cluster.merge(types.Promise, promise.object.metadata, { metadata: { labels: { 'kratix.io/paused': 'true' } } });
    const paused = await cluster.untilObject(types.Promise, promise.object.metadata, 'the pause', object => conditionOf(object, 'Reconciled')?.reason === 'PausedReconciliation');
    expect(conditionOf(paused, 'Available')).toMatchObject({ status: 'False', message: 'Paused' });
    await cluster.merge(types.Promise, promise.object.metadata, { metadata: { labels: { 'kratix.io/paused': null } } });
    await cluster.untilCondition(types.Promise, promise.object.metadata, 'Available');
    await cluster.untilCondition(types.Promise, promise.object.metadata, 'Reconciled');

    await cluster.merge(types.Promise, promise.object.metadata, { metadata: { labels: { 'kratix.io/paused': 'true' } } });
    await cluster.delete(types.Promise, promise.object.metadata);
    await cluster.untilObject(types.Promise, promise.object.metadata, 'what its deletion waits for', object => Boolean(conditionOf(object, 'Reconciled')?.message?.includes('its deletion goes on')));
    await cluster.merge(types.Promise, promise.object.metadata, { metadata: { labels: { 'kratix.io/paused': null } } });
    await cluster.untilGone(types.Promise, promise.object.metadata);
  });
});

describe('the API of a Promise', () => {
  const crdWith = (versions: object[]) => ({ spec: { api: { spec: { versions } } } });
  const version = (name: string, change: object = {}) => ({
    name, served: true, storage: false,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'string' } } } } } }, ...change,
  });

  it('B-PR-15, A7: requests of any served version are fulfilled, also when a version is served no longer', async () => {
    const promise = aPromise({ workflows: workflows('any') });
    const api = (promise.object.spec as { api: { spec: { versions: object[] } } }).api;
    const stored = promise.type.version;
    api.spec.versions = [version(stored, { storage: true }), version('v1beta1')];
    await cluster.install(promise);
    const old = { ...promise.type, version: 'v1beta1' };
    const request = aRequest(old, cluster.namespace, { size: 'small' });
    await cluster.kube.create(old, request);
    cluster.adopt(promise.type, request.metadata);
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.merge(types.Promise, promise.object.metadata, crdWith([version(stored, { storage: true }), version('v1beta1', { served: false })]));
    await cluster.until('v1beta1 to be served no longer', async () => (await cluster.kube.discover(promise.type.group, 'v1beta1')).length === 0);
    await cluster.merge(promise.type, request.metadata, { spec: { size: 'large' } });
    await cluster.untilReady(promise.type, request.metadata);
  });

  it('B-PR-18: comes with the rights to look after its requests, which go with it', async () => {
    const promise = aPromise();
    await cluster.install(promise);
    const name = `${promise.name}-promise-controller`;
    expect(await cluster.kube.get(coreTypes.ClusterRole, { name })).toMatchObject({ metadata: { labels: { 'kratix.io/promise-name': promise.name } } });
    await cluster.delete(types.Promise, promise.object.metadata);
    await cluster.untilGone(types.Promise, promise.object.metadata);
    await expect(cluster.kube.get(coreTypes.ClusterRole, { name })).rejects.toThrow('not found');
  });

  it('§13.2: a Promise that is deleted in its first second goes', async () => {
    for (const after of [0, 20, 60, 150]) {
      const promise = aPromise({ workflows: workflows('brief') });
      await cluster.create(types.Promise, promise.object);
      await new Promise(resolve => setTimeout(resolve, after));
      await cluster.delete(types.Promise, promise.object.metadata);
      await cluster.untilGone(types.Promise, promise.object.metadata);
      await cluster.untilGone(types.CustomResourceDefinition, { name: `${promise.type.plural}.${promise.type.group}` });
      expect(await revisionsOf(promise)).toEqual({});
    }
  });

  it('Q-27: requests can go while the workflow of their Promise fails', async () => {
    const fails = aPipeline([aContainer('exit 1')], { name: 'fails' });
    const promise = aPromise({ workflows: workflows('here') });
    await cluster.install(promise);
    const request = aRequest(promise.type, cluster.namespace);
    await cluster.create(promise.type, request);
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.merge(types.Promise, promise.object.metadata, { spec: { workflows: { promise: { configure: [fails] } } } });
    await cluster.untilObject(types.Promise, promise.object.metadata, 'the failure', object => conditionOf(object, 'Reconciled')?.status === 'False');
    await cluster.delete(promise.type, request.metadata);
    await cluster.untilGone(promise.type, request.metadata);
  });
});

describe('a PromiseRelease', () => {
  let server: Server;
  let promise: APromise;
  let url: string;
  const seen: (string | undefined)[] = [];
  const release = { name: aName('release-') };
  const ofRelease = async () => (await cluster.view(types.Promise)).list().filter(({ metadata }) => metadata.labels?.['kratix.io/promise-release-name'] === release.name);
  const installed = (object: WithStatus) => conditionOf(object, 'Installed');

  beforeAll(async () => {
    promise = atVersion(aPromise({ workflows: workflows('released') }), 'v1');
    server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization !== 'Bearer s3cret') response.writeHead(401).end();
      else response.end(JSON.stringify(promise.object));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/promise.yaml`;
  });
  afterAll(() => new Promise(resolve => server.close(resolve)));

  it('B-REL-2, B-REL-3, Q-52: is accepted though its URL does not answer, and says why it cannot be fetched, without the secret', async () => {
    const secretRef = { name: aName('release-'), namespace: cluster.namespace };
    await cluster.create(coreTypes.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: secretRef, stringData: { authorizationHeader: 'Bearer wrong' } });
    await cluster.create(types.PromiseRelease, { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'PromiseRelease', metadata: release, spec: { sourceRef: { type: 'http', url, secretRef } } });
    const failed = await cluster.untilObject(types.PromiseRelease, release, 'the failure', object => installed(object)?.status === 'False');
    expect(failed.status?.status).toBe('Error installing');
    expect(installed(failed)).toMatchObject({ reason: 'FailedToFetchPromise', message: 'Failed to fetch Promise from URL' });
    await cluster.until('the event', async () => {
      const { items } = await cluster.kube.list<DynamicObject>(coreTypes.Event, { namespace: 'default' });
      const notes = items.filter(({ regarding }) => (regarding as { name?: string } | undefined)?.name === release.name).map(({ note }) => String(note));
      expect(notes.join()).not.toContain('Bearer');
      return notes.includes('failed to get Promise from URL: status code 401');
    });
    await cluster.merge(coreTypes.Secret, secretRef, { stringData: { authorizationHeader: 'Bearer s3cret' } });
  });

  it('B-REL-3, B-REL-4: installs its Promise, and notes the version', async () => {
    const done = await cluster.untilObject(types.PromiseRelease, release, 'Installed', object => installed(object)?.status === 'True', { timeout: 60_000 });
    expect(done).toMatchObject({ spec: { version: 'v1' }, status: { status: 'Installed' } });
    await cluster.untilCondition(types.Promise, promise.object.metadata, 'Available');
    expect((await ofRelease())[0]).toMatchObject({ metadata: { name: promise.name, ownerReferences: [{ kind: 'PromiseRelease', name: release.name, controller: true }] } });
  });

  it('B-REL-5: installs it again when it was deleted, and ignores what changes elsewhere', async () => {
    const before = seen.length;
    const [{ metadata }] = await ofRelease();
    await cluster.merge(types.PromiseRelease, release, { metadata: { labels: { touched: 'true' } } });
    await cluster.delete(types.Promise, promise.object.metadata);
    await cluster.until('another Promise', async () => (await ofRelease()).some(each => each.metadata.uid !== metadata.uid));
    expect(seen.length).toBe(before + 1);
    await cluster.untilCondition(types.Promise, promise.object.metadata, 'Available');
  });

  it('B-REL-3: refuses another version than it asks for', async () => {
    await cluster.merge(types.PromiseRelease, release, { spec: { version: 'v2' } });
    const failed = await cluster.untilObject(types.PromiseRelease, release, 'the refusal', object => installed(object)?.reason === 'VersionNotMatching');
    expect(installed(failed)?.message).toBe('Version labels do not match, found: v1, expected: v2');
  });

  it('B-REL-6: takes its Promise along', async () => {
    await cluster.delete(types.PromiseRelease, release);
    await cluster.untilGone(types.PromiseRelease, release);
    expect(await ofRelease()).toEqual([]);
  });
});

describe('the label that asks for every request', () => {
  it('B-PR-34: runs each of them again, once, and is taken away', async () => {
    const promise = aPromise({ workflows: workflows('again') });
    await cluster.install(promise);
    const requests = [aRequest(promise.type, cluster.namespace), aRequest(promise.type, cluster.namespace)];
    for (const request of requests) await cluster.create(promise.type, request);
    for (const request of requests) await cluster.untilReady(promise.type, request.metadata);
    await cluster.merge(types.Promise, promise.object.metadata, { metadata: { labels: { 'kratix.io/reconcile-resources': 'true' } } });
    for (const { metadata } of requests) {
      await cluster.until('a second run', async () => (await cluster.runsOf(metadata)).length === 2 && (await cluster.runsOf(metadata))[1].status?.phase === 'Succeeded');
      await cluster.untilReady(promise.type, metadata);
    }
    const after = await cluster.untilObject(types.Promise, promise.object.metadata, 'no label', object => !object.metadata.labels?.['kratix.io/reconcile-resources']);
    expect(Object.keys(after.metadata.annotations ?? {})).toContain('kratix-ts.dev/reconcile-requests-since');
    for (const { metadata } of requests) expect(await cluster.runsOf(metadata)).toHaveLength(2);
  });
});

describe('what a request costs', () => {
  it('its binding included, twelve writes', async () => {
    const pool = aName('pool');
    await cluster.destination({ pool });
    const writes = aPipeline([aContainer('cp /kratix/input/object.yaml /kratix/output/', { name: 'copy' })], { name: 'only' });
    const promise = aPromise({ selector: { pool }, workflows: { resource: { configure: [writes] } } });
    await cluster.install(promise);
    const seen = new Map<string, Set<string>>();
    for (const type of [promise.type, types.ResourceBinding, types.WorkflowRun, types.Work, types.WorkPlacement, types.Promise, types.PromiseRevision]) {
      (await cluster.view(type)).onChange(event => {
        const { namespace, name } = event.object.metadata;
        // other suites work on the same cluster
        const isOurs = namespace === cluster.namespace || name.startsWith(promise.name);
        if (!isOurs || event.type === 'deleted' || (event.type === 'added' && event.initial)) return;
        seen.set(type.kind, (seen.get(type.kind) ?? new Set()).add(event.object.metadata.resourceVersion ?? ''));
      });
    }
    const costs: number[] = [];
    // the first makes what all share; a busy machine shows states that otherwise pass unwritten
    for (let count = 0; count < 4; count += 1) {
      const request = aRequest(promise.type, cluster.namespace);
      seen.clear();
      await cluster.create(promise.type, request);
      await cluster.untilReady(promise.type, request.metadata);
      await untilBinding(promise, request, 'the version', ({ status }) => status?.lastAppliedVersion !== undefined);
      // one is the creation of the request itself, which is the user's; the engine makes one Job
      if (count > 0) costs.push([...seen.values()].reduce((sum, versions) => sum + versions.size, 0) - 1 + 1);
    }
    expect(Math.min(...costs)).toBeLessThanOrEqual(12);
  });
});
