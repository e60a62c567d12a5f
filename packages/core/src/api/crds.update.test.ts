import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '@kratix-ts/local-cluster';
import { connect, coreTypes, type DynamicObject, type KubeClient } from '../kube';
import { aLogger, eventually } from '../testing';
import { crds } from './crds';
import { Destination } from './destination';

/* What was stored while the definitions had no rules, as by another engine, must not be locked in by them. */

type Schema = { 'x-kubernetes-validations'?: unknown; properties?: Record<string, Schema> };

/** The definition as it would be without rules. */
function withoutRules(crd: ReturnType<typeof crds>[number]) {
  const copy = structuredClone(crd);
  const strip = (schema: Schema) => {
    delete schema['x-kubernetes-validations'];
    Object.values(schema.properties ?? {}).forEach(strip);
  };
  strip((copy.spec as { versions: { schema: { openAPIV3Schema: Schema } }[] }).versions[0].schema.openAPIV3Schema);
  return copy;
}

describe('an object that breaks a rule which came later', () => {
  let dir: string;
  let client: KubeClient;
  let stop: () => Promise<void>;
  const old: DynamicObject = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Destination', metadata: { name: 'old' }, spec: { path: '' } };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'definitions-'));
    const cluster = await startCluster({ dir, pods: false, log: aLogger() });
    client = await connect({ file: cluster.kubeconfig });
    stop = async () => {
      await client.close();
      await cluster.stop();
      await rm(dir, { recursive: true, force: true });
    };
    const definition = Destination.crd();
    await client.create(coreTypes.CustomResourceDefinition, withoutRules(definition));
    await eventually('the kind served', () => client.create(Destination.type, old).then(() => true, () => false));
    await client.patch(coreTypes.CustomResourceDefinition, definition.metadata, { ...definition }, { kind: 'apply', force: true });
    const isRefused = () => client.create(Destination.type, { ...old, metadata: { name: 'new' } }, { dryRun: true }).then(() => false, () => true);
    await eventually('the rules to hold', isRefused);
  }, 30_000);
  afterAll(() => stop());

  const patched = (patch: object, subresource?: string) => client.patch<DynamicObject>(Destination.type, old.metadata, patch, { kind: 'merge', ...(subresource && { subresource }) });

  it('can still be labelled, judged and ended', async () => {
    await patched({ metadata: { labels: { a: 'b' }, finalizers: ['example.com/hold'] } });
    await patched({ status: { conditions: [{ type: 'Ready', status: 'False', reason: 'InvalidDestination', message: 'path field is required', lastTransitionTime: '2026-11-22T12:00:00Z' }] } }, 'status');
    await client.delete(Destination.type, old.metadata);
    await patched({ metadata: { finalizers: [] } });
    await expect(client.get(Destination.type, old.metadata)).rejects.toMatchObject({ code: 404 });
  });
});
