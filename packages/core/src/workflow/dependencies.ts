import type { PromiseObject, WorkObject } from '../api';
import { toYamlDocuments } from '../kube/yaml';
import { mergeSelectors } from '../wire/selectors';
import { encodeContent } from '../wire/encoding';
import { groupId, ROOT_DIRECTORY } from '../wire/layout-names';
import { API_VERSION, finalizers, labels, stableName, SYSTEM_NAMESPACE } from '../wire/names';

/** The Work that holds a Promise's dependencies; undefined when it has none. Source: B-PR-20. */
export function dependenciesWork(promise: PromiseObject, existing: string | undefined): WorkObject | undefined {
  const dependencies = promise.spec?.dependencies;
  if (!dependencies?.length) return undefined;
  const { name, uid = '' } = promise.metadata;
  const matchLabels = mergeSelectors(promise.spec?.destinationSelectors);
  return {
    apiVersion: API_VERSION,
    kind: 'Work',
    metadata: {
      name: existing ?? stableName(`${name}-static-deps`, name, uid),
      namespace: SYSTEM_NAMESPACE,
      labels: { [labels.promiseName]: name, [labels.workType]: 'static-dependency' },
      finalizers: [finalizers.work],
      ownerReferences: [{ apiVersion: promise.apiVersion, kind: 'Promise', name, uid }],
    },
    spec: {
      promiseName: name,
      workloadGroups: [
        {
          directory: ROOT_DIRECTORY,
          id: groupId(ROOT_DIRECTORY),
          workloads: [{ filepath: `static/${name}-dependencies.yaml`, content: encodeContent(toYamlDocuments(dependencies)) }],
          ...(Object.keys(matchLabels).length && { destinationSelectors: [{ matchLabels, source: 'promise' }] }),
        },
      ],
    },
  };
}
