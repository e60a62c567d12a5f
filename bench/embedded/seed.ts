import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ResourceBinding, Work, WorkflowRun, WorkPlacement } from '@kratix-ts/core/api';
import type { DynamicObject, ResourceType } from '@kratix-ts/core/kube';
import { digestOf, FIELD_MANAGER, placementName, runName, stableName, workName } from '@kratix-ts/core/wire';
import { atOnce, typeOfPromise, type Users } from './requests';

/** The request whose objects are the pattern of all others; no other name in the cluster holds this word. */
export const PATTERN = 'pattern';
const BRANCH = 'refs/heads/main';

/** What an engine left of one request. */
interface Left {
  request: DynamicObject;
  binding: DynamicObject;
  work: DynamicObject;
  placement: DynamicObject;
  run: DynamicObject;
}

/**
 * Makes settled requests as an engine leaves them: it has served {@link PATTERN}, and has been stopped. Names, owners
 * and digests are what the engine would have made of each, and their files are in the store, by one commit.
 */
export async function copySettled(users: Users, folder: string, promise: string, names: string[]): Promise<void> {
  const left = await leftOfPattern(users, promise);
  const commit = commitFiles(join(folder, 'store.git'), names);
  await atOnce(names, name => copyOf(users, left, promise, name, commit));
}

async function leftOfPattern({ kube }: Users, promise: string): Promise<Left> {
  const one = async (type: ResourceType) => {
    const { items } = await kube.list<DynamicObject>(type, { namespace: 'default' });
    const [found, ...others] = items.filter(({ metadata }) => metadata.name.includes(PATTERN));
    if (!found || others.length > 0) throw new Error(`the pattern has ${others.length + (found ? 1 : 0)} objects of kind ${type.kind}, not one`);
    return found;
  };
  const [request, binding, work, placement, run] = await Promise.all([typeOfPromise(promise), ResourceBinding.type, Work.type, WorkPlacement.type, WorkflowRun.type].map(one));
  return { request, binding, work, placement, run };
}

async function copyOf(users: Users, left: Left, promise: string, name: string, commit: string): Promise<void> {
  const { kube } = users;
  const renamed = new Map<string, string>();
  const create = async (type: ResourceType, pattern: DynamicObject): Promise<DynamicObject> => {
    const { status, ...object } = withNames(pattern, renamed);
    const { name, namespace, labels, finalizers, ownerReferences } = object.metadata;
    const metadata = { name, namespace, labels, finalizers, ownerReferences };
    // records of runs have no status apart
    const isWhole = type === WorkflowRun.type;
    const whole = { ...object, metadata, ...(isWhole && { status }) };
    // a placement is the engine's own by server-side apply, and it looks whether it is
    const made = type === WorkPlacement.type ? await kube.patch<DynamicObject>(type, metadata, whole, { kind: 'apply', fieldManager: FIELD_MANAGER }) : await kube.create<DynamicObject>(type, whole);
    if (!isWhole) await kube.patch(type, metadata, { status }, { kind: 'merge', subresource: 'status' });
    renamed.set(pattern.metadata.uid ?? '', made.metadata.uid ?? '');
    return made;
  };
  renamed.set(PATTERN, name);
  const { metadata } = await create(typeOfPromise(promise), left.request);
  const target = { name, uid: metadata.uid ?? '' };
  const work = workName(promise, target, 'only');
  // the longer names hold the shorter ones: they come first
  renamed.delete(PATTERN);
  renamed.set(left.placement.metadata.name, placementName(work, 'bench', String(left.placement.spec?.id)));
  renamed.set(left.work.metadata.name, work);
  renamed.set(left.binding.metadata.name, stableName(`${name}-${promise}`));
  renamed.set(left.run.metadata.name, runName(target, 'resource', 'configure', 1));
  renamed.set(String(left.placement.status?.versionID), commit);
  renamed.set(PATTERN, name);
  await create(ResourceBinding.type, left.binding);
  const { spec } = await create(Work.type, left.work);
  renamed.set(digestOf(left.work.spec), digestOf(spec));
  await create(WorkPlacement.type, left.placement);
  await create(WorkflowRun.type, left.run);
}

function withNames(object: DynamicObject, renamed: Map<string, string>): DynamicObject {
  let text = JSON.stringify(object);
  for (const [from, to] of renamed) text = text.replaceAll(from, to);
  return JSON.parse(text);
}

/** Puts the pattern's files into the store once more for each name; answers with the commit. */
function commitFiles(store: string, names: string[]): string {
  const git = (args: string[], input?: string) => execFileSync('git', ['-C', store, ...args], { input, maxBuffer: 1e9 }).toString().trim();
  const files = git(['ls-tree', '-r', BRANCH])
    .split('\n')
    .map(line => line.split(/\s/u))
    .filter(([, , , path]) => path.includes(`/${PATTERN}/`));
  const lines = names.flatMap(name => files.map(([mode, , blob, path]) => `M ${mode} ${blob} ${path.replace(`/${PATTERN}/`, `/${name}/`)}`));
  git(['fast-import', '--quiet', '--date-format=now'], [`commit ${BRANCH}`, 'committer bench <bench@bench.example> now', 'data 4', 'many', `from ${BRANCH}^0`, ...lines, ''].join('\n'));
  return git(['rev-parse', BRANCH]);
}
