import type { Pipeline, PipelineContainer, WorkflowRunObject } from '../api';
import type { KubeObject } from '../kube/types';
import { toYaml } from '../kube/yaml';
import { mergeSelectors } from '../wire/selectors';
import { annotations, API_VERSION, finalizers, HELPER_CONTAINER, labels, workName } from '../wire/names';
import type { JobObject } from './kubernetes';
import { serviceAccountName } from './rbac';
import { isDryRun, localName, ownerOf, pipelineNamespace, targetLabels, workflowLabels, type Workflow } from './target';

/** What a Job is made with that no object says. */
export interface JobSettings {
  helperImage: string;
  helperPullPolicy?: string;
  /** Secret for pulling the helper's image, in the namespace of the pod. Source: B-WF-15. */
  helperPullSecret?: string;
  defaultBackoffLimit?: number;
  /** For containers that do not say. Source: B-WF-19. */
  defaultImagePullPolicy?: string;
  defaultContainerSecurityContext?: Record<string, unknown>;
  defaultContainerResources?: Record<string, unknown>;
  /** Name of the Work that the pipeline wrote before, where there is one. */
  existingWork?: string;
}

/** Annotations of a pod may hold 256 KiB in all; larger input goes into a ConfigMap. */
const MAX_ANNOTATION_BYTES = 180_000;
const MAX_CONFIG_MAP_BYTES = 1_000_000;

/** Built-in resources of containers that ask for none. Source: B-WF-19. */
const DEFAULT_RESOURCES = {
  requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '128Mi' },
  limits: { cpu: '200m', memory: '256Mi', 'ephemeral-storage': '256Mi' },
};

/** The helper starts quickest where its CPU is not capped; it runs for a moment. */
const HELPER_RESOURCES = { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } };

const HELPER_SECURITY = {
  allowPrivilegeEscalation: false,
  privileged: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

export class InputTooLargeError extends Error {}

/** The Job of one attempt of one pipeline, and the ConfigMap of its input where that is too large for an annotation. */
export function pipelineJob(workflow: Workflow, pipeline: Pipeline, run: WorkflowRunObject, name: string, settings: JobSettings): { job: JobObject; input?: KubeObject & Record<string, unknown> } {
  const namespace = pipelineNamespace(workflow.target);
  const input = toYaml(workflow.input ?? workflow.target.object);
  const bytes = Buffer.byteLength(input);
  if (bytes > MAX_CONFIG_MAP_BYTES) {
    throw new InputTooLargeError(`${workflow.target.object.kind} "${workflow.target.object.metadata.name}" is ${bytes} bytes as YAML; /kratix/input/object.yaml may hold ${MAX_CONFIG_MAP_BYTES}`);
  }
  const isLarge = bytes > MAX_ANNOTATION_BYTES;
  const common = {
    ...pipeline.metadata.labels,
    ...workflowLabels(workflow),
    [labels.pipelineName]: pipeline.metadata.name,
    [labels.hash]: workflow.hash,
    [labels.run]: run.metadata.name,
  };
  const { target } = workflow;
  const backoffLimit = pipeline.spec.jobOptions?.backoffLimit ?? settings.defaultBackoffLimit;
  const job: JobObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace,
      labels: common,
      annotations: {
        'kratix.io/job-resource-name': target.object.metadata.name,
        'kratix.io/job-resource-namespace': target.object.metadata.namespace ?? '',
        'kratix.io/job-resource-kind': target.object.kind,
        'kratix.io/job-resource-api-version': target.object.apiVersion,
        ...traceOf(target.object),
      },
      ...withOwner(workflow, namespace),
    },
    spec: {
      ...(backoffLimit !== undefined && { backoffLimit }),
      template: {
        metadata: { labels: common, annotations: { ...pipeline.metadata.annotations, ...traceOf(target.object), ...(!isLarge && { [annotations.object]: input }) } },
        spec: podSpec(workflow, pipeline, settings, isLarge ? name : undefined),
      },
    },
  };
  if (!isLarge) return { job };
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels: common, ...withOwner(workflow, namespace) }, data: { 'object.yaml': input } };
  return { job, input: configMap };
}

/** Source: B-WF-12. */
function traceOf({ metadata }: KubeObject): Record<string, string> {
  const names = [annotations.traceParent, annotations.traceState, annotations.traceTimestamp, annotations.traceGeneration];
  return Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([name]) => names.some(each => each === name)));
}

function withOwner({ target }: Workflow, namespace: string) {
  const ownerReferences = ownerOf(target, namespace, target.type === 'promise');
  return ownerReferences && { ownerReferences };
}

function podSpec(workflow: Workflow, pipeline: Pipeline, settings: JobSettings, inputConfigMap: string | undefined) {
  const { spec } = pipeline;
  const pullSecrets = [...(settings.helperPullSecret ? [{ name: settings.helperPullSecret }] : []), ...(spec.imagePullSecrets ?? [])];
  const hasToken = Boolean(spec.rbac?.permissions?.length || spec.rbac?.serviceAccount);
  return {
    // Never: each retry gets folders of its own, and the log of what failed stays
    restartPolicy: spec.restartPolicy ?? 'Never',
    serviceAccountName: serviceAccountName(workflow, pipeline),
    automountServiceAccountToken: false,
    // a container that does not listen holds up what waits for the pod's end
    terminationGracePeriodSeconds: 10,
    ...(spec.nodeSelector && { nodeSelector: spec.nodeSelector }),
    ...(spec.tolerations && { tolerations: spec.tolerations }),
    ...(pullSecrets.length && { imagePullSecrets: pullSecrets }),
    volumes: [...sharedVolumes(inputConfigMap), ...(spec.volumes ?? [])],
    initContainers: spec.containers.map(container => userContainer(workflow, pipeline, container, settings, hasToken)),
    containers: [helperContainer(workflow, pipeline, settings)],
  };
}

function sharedVolumes(inputConfigMap: string | undefined) {
  const input = inputConfigMap
    ? { configMap: { name: inputConfigMap } }
    : { downwardAPI: { items: [{ path: 'object.yaml', fieldRef: { fieldPath: `metadata.annotations['${annotations.object}']` } }] } };
  return [
    { name: 'kratix-input', ...input },
    { name: 'kratix-output', emptyDir: {} },
    { name: 'kratix-metadata', emptyDir: {} },
    {
      name: 'kratix-token',
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 3_600 } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
        ],
      },
    },
  ];
}

/** Environment that every container of a workflow gets; it names the object that they read. Source: B-WF-18. */
function commonEnv({ target, action, input = target.object }: Workflow, pipeline: Pipeline) {
  const { group, version, plural, namespaced } = target.resource;
  const { name, namespace = '' } = input.metadata;
  const env: Record<string, string> = {
    KRATIX_WORKFLOW_ACTION: action,
    KRATIX_WORKFLOW_TYPE: target.type,
    KRATIX_PROMISE_NAME: target.promise.metadata.name,
    KRATIX_PIPELINE_NAME: pipeline.metadata.name,
    KRATIX_OBJECT_KIND: target.object.kind,
    KRATIX_OBJECT_GROUP: group,
    KRATIX_OBJECT_VERSION: version,
    KRATIX_OBJECT_NAME: name,
    KRATIX_OBJECT_NAMESPACE: namespace,
    KRATIX_CRD_PLURAL: plural,
    KRATIX_CLUSTER_SCOPED: String(!namespaced),
    ...(isDryRun(target) && { KRATIX_DRY_RUN: 'true' }),
  };
  return Object.entries(env).map(([variable, value]) => ({ name: variable, value }));
}

function userContainer(workflow: Workflow, pipeline: Pipeline, container: PipelineContainer, settings: JobSettings, hasToken: boolean) {
  const { name, image, command, args, env, envFrom, volumeMounts } = container;
  const imagePullPolicy = container.imagePullPolicy ?? settings.defaultImagePullPolicy;
  const securityContext = container.securityContext ?? settings.defaultContainerSecurityContext;
  return {
    name,
    image,
    ...(command && { command }),
    ...(args && { args }),
    env: [...commonEnv(workflow, pipeline), ...(env ?? [])],
    ...(envFrom && { envFrom }),
    ...(imagePullPolicy && { imagePullPolicy }),
    ...(securityContext && { securityContext }),
    resources: container.resources ?? settings.defaultContainerResources ?? DEFAULT_RESOURCES,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: 'kratix-input', mountPath: '/kratix/input', readOnly: true },
      { name: 'kratix-output', mountPath: '/kratix/output' },
      { name: 'kratix-metadata', mountPath: '/kratix/metadata' },
      ...(hasToken ? [{ name: 'kratix-token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }] : []),
      ...(volumeMounts ?? []),
    ],
  };
}

function helperContainer(workflow: Workflow, pipeline: Pipeline, settings: JobSettings) {
  const env = {
    KRATIX_WORKFLOW_ACTION: workflow.action,
    KRATIX_WORKFLOW_TYPE: workflow.target.type,
    KRATIX_WORK: JSON.stringify(emptyWork(workflow, pipeline, settings.existingWork)),
    KRATIX_PROMISE_SELECTORS: JSON.stringify(promiseSelectors(workflow)),
    ...(pipeline.metadata.annotations?.[annotations.outputValidation] === 'none' && { KRATIX_OUTPUT_VALIDATION: 'none' }),
  };
  const pullPolicy = settings.helperPullPolicy ?? settings.defaultImagePullPolicy;
  return {
    name: HELPER_CONTAINER,
    image: settings.helperImage,
    ...(pullPolicy && { imagePullPolicy: pullPolicy }),
    env: Object.entries(env).map(([name, value]) => ({ name, value: escapeReferences(value) })),
    securityContext: HELPER_SECURITY,
    resources: HELPER_RESOURCES,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: 'kratix-output', mountPath: '/kratix/output', readOnly: true },
      { name: 'kratix-metadata', mountPath: '/kratix/metadata', readOnly: true },
      { name: 'kratix-token', mountPath: '/var/run/secrets/kratix-ts', readOnly: true },
    ],
  };
}

/** Kubernetes expands `$(NAME)` in values; what users wrote stays as it is. */
function escapeReferences(value: string): string {
  return value.replace(/\$\(/g, '$$$$(');
}

function promiseSelectors({ target }: Workflow) {
  const matchLabels = mergeSelectors(target.promise.spec?.destinationSelectors);
  return Object.keys(matchLabels).length ? [{ matchLabels, source: 'promise' }] : [];
}

/** The Work that the helper fills. Source: B-POD-16. */
function emptyWork(workflow: Workflow, pipeline: Pipeline, existing: string | undefined) {
  const { target } = workflow;
  const namespace = pipelineNamespace(target);
  const { name, uid = '' } = target.object.metadata;
  // a dry run leaves the Works of the live request alone
  const resource = target.type === 'resource' ? { name: localName(target), uid: isDryRun(target) ? `${uid}-dry-run` : uid } : undefined;
  const ownerReferences = ownerOf(target, namespace);
  const requestedBy = target.object.metadata.annotations?.[annotations.requestedBy];
  return {
    apiVersion: API_VERSION,
    kind: 'Work',
    metadata: {
      name: existing ?? workName(target.promise.metadata.name, resource, pipeline.metadata.name),
      namespace,
      labels: {
        ...targetLabels(target),
        [labels.pipelineName]: pipeline.metadata.name,
        [labels.workType]: target.type,
        ...(isDryRun(target) && { [labels.dryRun]: 'true' }),
      },
      ...(requestedBy && { annotations: { [annotations.requestedBy]: requestedBy } }),
      finalizers: [finalizers.work],
      ...(ownerReferences && { ownerReferences }),
    },
    spec: { promiseName: target.promise.metadata.name, ...(resource && { resourceName: name }) },
  };
}
