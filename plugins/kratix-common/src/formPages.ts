import { humanise } from './formHints';
import { formSchema, patternOf } from './formSchema';
import { isSchema, type JsonSchema } from './formField';

/** What an offer's form is made from. */
export interface FormSource {
  /** Kind of the requests. */
  kind: string;
  /** openAPIV3Schema of the whole object. */
  schema: unknown;
  /** Where requests go when nobody says otherwise. */
  defaultNamespace?: string;
  /** Whose form it is, for the fields that ask the portal what there is to choose from. */
  offer?: { cluster: string; promise: string };
}

const NAME_PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';

/** Which version of the offer a request follows; who does not choose follows the latest. */
function versionField(offer: FormSource['offer']): JsonSchema {
  return {
    title: 'Version of the offer',
    type: 'string',
    default: 'latest',
    'ui:field': 'KratixPromiseVersionPicker',
    'ui:options': { ...offer },
  };
}

function placePage({ kind, defaultNamespace, offer }: FormSource): JsonSchema {
  return {
    title: 'Name and place',
    required: ['name', 'namespace'],
    properties: {
      name: {
        title: 'Name',
        type: 'string',
        description: `What the ${humanise(kind).toLowerCase()} is called.`,
        // 63: the name is also the value of a label.
        maxLength: 63,
        ...patternOf(NAME_PATTERN),
        'ui:autofocus': true,
        'ui:help': 'Lower-case letters, digits and hyphens; begins and ends with a letter or digit.',
      },
      namespace: {
        title: 'Namespace',
        type: 'string',
        default: defaultNamespace ?? 'default',
        description: 'The Kubernetes namespace that the request is made in.',
        maxLength: 63,
        ...patternOf(NAME_PATTERN),
        ...(offer && { 'ui:field': 'KratixNamespacePicker', 'ui:options': { ...offer } }),
      },
      ...(offer && { version: versionField(offer) }),
    },
    'ui:order': ['name', 'namespace', '*'],
  };
}

/** The part of a request's schema that users fill in. */
export function specSchemaOf(schema: unknown): JsonSchema | undefined {
  const properties = isSchema(schema) ? schema.properties : undefined;
  return isSchema(properties?.spec) ? properties.spec : undefined;
}

/** The pages of the form that makes a request: its name and place, then its `spec`, as parameters of a software template. */
export function formPages(source: FormSource): JsonSchema[] {
  const spec = specSchemaOf(source.schema);
  const isOpen = spec?.['x-kubernetes-preserve-unknown-fields'] === true;
  if (!spec || (!isOpen && Object.keys(spec.properties ?? {}).length === 0)) return [placePage(source)];
  const page: JsonSchema = {
    title: humanise(source.kind),
    properties: { spec: { ...formSchema(spec), title: '' } },
  };
  if (spec.required?.length) page.required = ['spec'];
  return [placePage(source), page];
}
