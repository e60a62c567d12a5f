import { ConflictError, NotFoundError } from '@backstage/errors';
import { dryRunState, kratixLabels, type DestinationSource, type DryRunFiles, type DryRunSource, type DryRunState, type FileSource, type GroupSource, type RequestSources, specSchemaOfPromise } from '@kratix-ts/backstage-plugin-kratix-common';
import { API_VERSION, DryRun } from '@kratix-ts/core/api';
import type { DynamicObject, KubeObject } from '@kratix-ts/core/kube';
import { annotations, decodeContent, isCandidate, labels, selectedLabels, stableName } from '@kratix-ts/core/wire';
import { PORTAL_DRY_RUN } from '../clusters/DryRuns';
import { portalError } from './errors';
import { withoutSecretValues } from './readFile';
import type { Located, RequestId, RequestLocator } from './RequestLocator';
import { revealed } from './wantedSpec';
import type { Author } from './RequestWrites';

/** Larger files are named and not compared. In bytes. */
const MAX_BYTES = 1024 * 1024;

type Live = KubeObject & DryRunSource & DynamicObject;

/** Runs the pipelines of a request for another spec without effect, by a DryRun that the cluster's engine carries out. */
export class DryRunService {
  constructor(private readonly locator: RequestLocator) {}

  /** Asks for a dry run; answers with its name. Throws ConflictError where the Promise does not allow it. */
  async start(id: RequestId, spec: Record<string, unknown>, author: Author): Promise<string> {
    const { watch, api, request } = this.locator.locate(id);
    const promise = watch.promise(api.promise);
    if (promise?.metadata.annotations?.[annotations.dryRunPolicy] !== 'allowed') {
      throw new ConflictError(`Promise "${api.promise}" does not say that its pipelines may run for a trial: that takes the annotation ${annotations.dryRunPolicy}: allowed`);
    }
    const { metadata } = request;
    const object: DynamicObject = {
      apiVersion: API_VERSION,
      kind: DryRun.type.kind,
      metadata: {
        name: '',
        generateName: `${stableName(id.name).slice(0, 50)}-`,
        namespace: id.namespace,
        labels: { [labels.promiseName]: api.promise, [PORTAL_DRY_RUN]: 'true' },
        ...(author.ref && { annotations: { [annotations.requestedBy]: author.ref } }),
        ownerReferences: [{ apiVersion: request.apiVersion, kind: request.kind, name: metadata.name, uid: metadata.uid ?? '' }],
      },
      spec: { promiseRef: { name: api.promise }, resourceRequestRef: { name: id.name, namespace: id.namespace }, resource: revealed(spec, request, specSchemaOfPromise(promise)) },
    };
    const made = await watch.client.create<Live>(DryRun.type, object as Live, { impersonate: author.impersonate }).catch(error => {
      throw portalError(error);
    });
    watch.dryRuns.observe(made);
    return made.metadata.name;
  }

  /** What is known of a dry run of this request. Throws NotFoundError for one that is gone, or of another request. */
  state(id: RequestId, name: string): DryRunState {
    const located = this.locator.locate(id);
    const dryRun = located.watch.dryRuns.get(id.namespace, name);
    const { promiseRef, resourceRequestRef } = dryRun?.spec ?? {};
    if (!dryRun || resourceRequestRef?.name !== id.name || promiseRef?.name !== located.api.promise) {
      throw new NotFoundError(`"${id.namespace}/${id.name}" has no dry run "${name}"; they are deleted after an hour`);
    }
    return dryRunState(dryRun, filesOf(located, name));
  }
}

/** The name of the request that an engine makes for a dry run. Source: B-DR-1. */
const ephemeralName = (dryRun: string) => stableName(`kratix-dry-run-${dryRun}`);

interface Group {
  /** What one step delivers to one set of destinations: the step and the group's id. */
  key: string;
  files: FileSource[];
  group: GroupSource;
}

function groupsOf({ works }: RequestSources): Group[] {
  return works
    .filter(({ metadata }) => metadata.labels?.[labels.dryRunSummary] !== 'true')
    .flatMap(({ metadata, spec }) =>
      (spec?.workloadGroups ?? []).map(group => ({ key: `${metadata.labels?.[kratixLabels.pipeline]}/${group.id ?? ''}`, files: group.workloads ?? [], group })),
    );
}

/** The destination of files that have none yet; empty where none fits, and where one of several will be chosen. */
function destinationOf({ group }: Group, destinations: DestinationSource[]): string {
  const required = selectedLabels(group);
  const [fitting, another] = destinations.filter(destination => isCandidate(destination, required));
  return fitting && !another ? fitting.metadata.name : '';
}

/** What stands at each destination of the request, and what would. */
function filesOf({ watch, api, request }: Located, dryRun: string): DryRunFiles[] {
  const { metadata } = request;
  const live = watch.sources(api, request);
  const tried = groupsOf(watch.sources(api, { ...request, metadata: { name: ephemeralName(dryRun), namespace: metadata.namespace } }));
  const places = live.placements.map(placement => ({
    key: `${placement.metadata.labels?.[kratixLabels.pipeline]}/${placement.spec?.id ?? ''}`,
    destination: placement.spec?.targetDestinationName ?? '',
    files: watch.filesOf(placement),
  }));
  const known = new Set(places.map(({ key }) => key));
  const unplaced = tried.filter(({ key }) => !known.has(key)).map(group => ({ key: group.key, destination: destinationOf(group, watch.destinations()), files: [] }));
  const all = [...places, ...unplaced];
  return [...new Set(all.map(({ destination }) => destination))].map(destination => {
    const here = all.filter(place => place.destination === destination);
    const keys = new Set(here.map(({ key }) => key));
    return { destination, before: textsOf(here.flatMap(({ files }) => files)), after: textsOf(tried.filter(({ key }) => keys.has(key)).flatMap(({ files }) => files)) };
  });
}

function textsOf(files: FileSource[]): Map<string, string | undefined> {
  return new Map(files.map(({ filepath = '', content }) => [filepath, content === undefined ? undefined : textOf(content, filepath)]));
}

/** Undefined for what is too large, is no text, or cannot be shown without showing a Secret. */
function textOf(content: string, path: string): string | undefined {
  try {
    const text = decodeContent(content, MAX_BYTES).toString('utf8');
    return text.includes('\0') ? undefined : withoutSecretValues(text, path);
  } catch {
    return undefined;
  }
}
