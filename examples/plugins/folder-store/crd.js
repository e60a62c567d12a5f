/** How Kubernetes serves the kind. */
export const resource = { group: 'stores.example.com', version: 'v1', kind: 'FolderStateStore', plural: 'folderstatestores', namespaced: false };

const condition = {
  type: 'object',
  required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
  properties: {
    type: { type: 'string' },
    status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
    reason: { type: 'string' },
    message: { type: 'string' },
    lastTransitionTime: { type: 'string', format: 'date-time' },
    observedGeneration: { type: 'integer', format: 'int64' },
  },
};

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['folder'],
      properties: {
        folder: { type: 'string', description: 'Absolute path; made when it is not there' },
        fetchInterval: { type: 'string', description: 'How often the folder is looked at when nothing is written' },
      },
    },
    status: {
      type: 'object',
      properties: {
        status: { type: 'string' },
        observedGeneration: { type: 'integer', format: 'int64' },
        conditions: { type: 'array', items: condition },
      },
    },
  },
};

export const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${resource.plural}.${resource.group}` },
  spec: {
    group: resource.group,
    scope: 'Cluster',
    names: { kind: resource.kind, plural: resource.plural, singular: 'folderstatestore' },
    versions: [
      {
        name: resource.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Folder', type: 'string', jsonPath: '.spec.folder' },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
        ],
        schema: { openAPIV3Schema: schema },
      },
    ],
  },
};
