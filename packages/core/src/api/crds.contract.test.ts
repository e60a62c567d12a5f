import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { startCluster } from '@kratix-ts/local-cluster';
import { ApiError, connect, coreTypes, parseYaml, type DynamicObject, type KubeClient, type KubeObject, type ResourceType } from '../kube';
import { aLogger, eventually } from '../testing';
import { GROUP } from '../wire/names';
import { crds } from './crds';
import { words } from './refusals';
import type { StructuralSchema } from './structural-schema';
import { fromSchema } from './__testUtils__/from-schema';

/*
 * Kratix' own definitions are not part of this repository: DATA_DIR names the folder that holds them, in `crds`.
 * Both sets are served by one API server, Kratix' under another group.
 */
const folder = process.env.DATA_DIR && join(process.env.DATA_DIR, 'crds');
const withData = folder ? describe : describe.skip;
const TWIN_GROUP = 'twin.kratix.io';
const OBJECTS = 1_000;

interface Definition extends KubeObject {
  spec: {
    group: string;
    scope: string;
    names: { kind: string; plural: string; singular: string; shortNames?: string[]; categories?: string[]; listKind?: string };
    versions: [{ name: string; schema: { openAPIV3Schema: StructuralSchema }; additionalPrinterColumns?: unknown; subresources?: { status?: object }; selectableFields?: unknown; served: boolean; storage: boolean }];
  };
}

interface Attempt {
  /** The server's words. */
  refused?: string;
  stored?: unknown;
}

const schemaOf = (crd: Definition) => crd.spec.versions[0].schema.openAPIV3Schema;
const typeOf = ({ spec }: Definition): ResourceType => ({ group: spec.group, version: 'v1alpha1', kind: spec.names.kind, plural: spec.names.plural, namespaced: spec.scope === 'Namespaced' });

/** What ours has and upstream's has not. Each is optional, and docs/differences-from-kratix.md tells of it. */
function additions(ours: StructuralSchema, theirs: StructuralSchema, path = ''): { path: string; isRequired: boolean }[] {
  const required = (ours.required as string[] | undefined) ?? [];
  const inProperties = Object.entries(ours.properties ?? {}).flatMap(([name, child]) => {
    const twin = theirs.properties?.[name];
    return twin ? additions(child, twin, `${path}.${name}`) : [{ path: `${path}.${name}`, isRequired: required.includes(name) }];
  });
  return [...inProperties, ...(ours.items && theirs.items ? additions(ours.items, theirs.items, `${path}[]`) : [])];
}

const FREE = 'x-kubernetes-preserve-unknown-fields';

/** Upstream's schema as ours would have to be: without words for people, and ours without additions and refusals. */
function comparable(schema: StructuralSchema, twin: StructuralSchema): StructuralSchema {
  const { description: _words, 'x-kubernetes-validations': rules, properties, items, additionalProperties, required, ...rest } = schema;
  const transitions = (rules as { rule: string }[] | undefined)?.filter(({ rule }) => /\boldSelf\b/.test(rule));
  const isOurs = (name: string) => !twin.properties?.[name];
  return {
    ...rest,
    ...(transitions?.length && { 'x-kubernetes-validations': transitions }),
    ...((required as string[] | undefined)?.length && { required: [...(required as string[])].sort() }),
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !isOurs(name)).map(([name, child]) => [name, comparable(child, twin.properties?.[name] ?? {})])) }),
    // entries of a free-form list are free-form, whether they say so or not
    ...(items && { items: comparable({ ...items, ...(rest[FREE] === true && { [FREE]: true }) }, twin.items ?? {}) }),
    ...(additionalProperties && { additionalProperties: comparable(additionalProperties, twin.additionalProperties ?? {}) }),
  };
}

const RULES: Record<string, string> = {
  Promise: 'B-API-1, B-API-2, B-API-3, B-API-4, B-API-5, B-API-6, B-API-7',
  PromiseRelease: 'B-API-10',
  PromiseRevision: 'B-API-11',
  ResourceBinding: 'B-API-12',
  Work: 'B-API-13',
  WorkPlacement: 'B-API-14',
  Destination: 'B-API-15',
  GitStateStore: 'B-API-16',
  BucketStateStore: 'B-API-17',
  HealthRecord: 'B-API-18',
  DryRun: 'B-API-19',
};

withData('the definitions beside Kratix’ own', () => {
  const theirs = (folder ? readdirSync(folder) : []).map(name => parseYaml(readFileSync(join(String(folder), name), 'utf8')) as Definition);
  const mine = (crds() as Definition[]).filter(({ spec }) => spec.group === GROUP);
  const pairOf = (kind: string): [Definition, Definition] => {
    const find = (all: Definition[]) => all.find(({ spec }) => spec.names.kind === kind);
    const [ours, twin] = [find(mine), find(theirs)];
    if (!ours || !twin) throw new Error(`${kind} has no definition`);
    return [ours, twin];
  };

  it('B-GEN-1: there is one for each of Kratix’ kinds, and no other in its group', () => {
    expect(mine.map(({ metadata }) => metadata.name).sort()).toEqual(theirs.map(({ metadata }) => metadata.name).sort());
    for (const { spec } of mine) expect(spec.names.categories ?? []).toEqual(spec.names.kind === 'HealthRecord' ? [] : ['kratix']);
  });

  describe.each(Object.entries(RULES))('%s', (kind, rules) => {
    it(`${rules}: names, scope, subresources, columns and selectable fields are the same`, () => {
      const [ours, twin] = pairOf(kind);
      const { schema: _ours, ...version } = ours.spec.versions[0];
      const { schema: _theirs, subresources, ...rest } = twin.spec.versions[0];
      // an empty list of subresources is as good as none
      const twinVersion = { ...rest, ...(subresources?.status && { subresources }) };
      const withoutWords = (value: unknown) => JSON.parse(JSON.stringify(value, (name, each) => (name === 'description' ? undefined : each)));
      expect(version).toEqual(withoutWords(twinVersion));
      expect({ ...ours.spec, versions: [] }).toEqual({ ...twin.spec, versions: [] });
    });

    it(`${rules}: fields, defaults and limits are the same, but for fields of ours that are optional and documented`, () => {
      const [own, other] = pairOf(kind).map(schemaOf);
      expect(comparable(own, other)).toEqual(comparable(other, own));
      const differences = readFileSync(join(__dirname, '../../../../docs/differences-from-kratix.md'), 'utf8');
      for (const { path, isRequired } of additions(own, other)) {
        expect({ path, isRequired }).toEqual({ path, isRequired: false });
        expect(differences).toContain(`\`${kind}${path.replace(/\[\]/g, '')}\``);
      }
    });
  });

  describe('served by one API server', () => {
    let dir: string;
    let client: KubeClient;
    let stop: () => Promise<void>;

    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'definitions-'));
      const cluster = await startCluster({ dir, pods: false, log: aLogger() });
      client = await connect({ file: cluster.kubeconfig });
      stop = async () => {
        await client.close();
        await cluster.stop();
        await rm(dir, { recursive: true, force: true });
      };
      const all = [...mine.map(each => served(each)), ...theirs.map(each => served(each, TWIN_GROUP))];
      for (const crd of all) await client.create(coreTypes.CustomResourceDefinition, crd);
      const isServed = async ({ spec }: Definition) => (await client.discover(spec.group, 'v1alpha1')).some(({ plural }) => plural === spec.names.plural);
      await eventually('all definitions served', async () => (await Promise.all(all.map(isServed))).every(Boolean));
    }, 60_000);
    afterAll(() => stop());

    it.each(Object.keys(RULES))('%s: what Kratix’ definition accepts ours accepts, but for what its webhook refuses; what it refuses ours refuses', async kind => {
      const [ours, twin] = pairOf(kind);
      const seed = Date.now() % 1e9;
      const objects = fc.sample(objectsOf(schemaOf(twin)), { numRuns: Math.ceil(OBJECTS / theirs.length), seed });
      const seen = { accepted: 0, refused: 0 };
      const disagreements: unknown[] = [];
      for (const fields of objects) {
        const here = await attempt(typeOf(ours), fields);
        const there = await attempt(typeOf(served(twin, TWIN_GROUP)), fields);
        seen[there.refused ? 'refused' : 'accepted'] += 1;
        if (!agree(here, there, additions(schemaOf(ours), schemaOf(twin)).map(({ path }) => path))) disagreements.push({ fields, here, there });
      }
      expect({ seed, disagreements }).toEqual({ seed, disagreements: [] });
      // a generator that only ever makes the one or the other would prove nothing
      expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(2);
    }, 120_000);

    async function attempt(type: ResourceType, fields: Record<string, unknown>): Promise<Attempt> {
      const object: DynamicObject = { ...fields, apiVersion: `${type.group}/${type.version}`, kind: type.kind, metadata: { name: 'generated', ...(type.namespaced && { namespace: 'default' }) } };
      try {
        const { apiVersion: _apiVersion, metadata: _stored, ...stored } = await client.create<DynamicObject>(type, object, { dryRun: true });
        return { stored };
      } catch (error) {
        if (!(error instanceof ApiError) || error.code >= 500) throw error;
        return { refused: error.message };
      }
    }
  });
});

/** Whether ours did what Kratix' definition did, or refused with the words of its webhook. */
function agree(here: Attempt, there: Attempt, added: string[]): boolean {
  if (there.refused) return Boolean(here.refused);
  if (here.refused) return Object.values(words).some(each => here.refused?.includes(each));
  return isDeepStrictEqual(without(here.stored, added), there.stored);
}

/** The definition in a group, without the short names that two cannot share, and with status as a part of the object, so that it is tried, too. */
function served(crd: Definition, group = GROUP): Definition {
  const { shortNames: _short, categories: _categories, ...names } = crd.spec.names;
  const { subresources: _status, ...version } = crd.spec.versions[0];
  return { ...crd, metadata: { name: `${names.plural}.${group}` }, spec: { ...crd.spec, group, names, versions: [version] } };
}

/** A value without the fields at these paths, such as `.spec.groups[].result`. */
function without(value: unknown, paths: string[]): unknown {
  if (Array.isArray(value)) return value.map(each => without(each, paths.filter(path => path.startsWith('[]')).map(path => path.slice(2))));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !paths.includes(`.${name}`))
      .map(([name, each]) => [name, without(each, paths.filter(path => path.startsWith(`.${name}.`) || path.startsWith(`.${name}[`)).map(path => path.slice(name.length + 1)))]),
  );
}

/** Objects beside apiVersion, kind and metadata, which stay what they are. */
function objectsOf(schema: StructuralSchema): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => !['apiVersion', 'kind', 'metadata'].includes(name));
  return fc.record(Object.fromEntries(fields.map(([name, child]) => [name, fromSchema(child)])), { requiredKeys: (schema.required as string[] | undefined) ?? [] });
}
