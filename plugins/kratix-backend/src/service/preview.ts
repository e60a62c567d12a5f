import { fieldChanges, hideSecrets, maskSecrets, type JsonSchema, type Preview, type RequestObject } from '@kratix-ts/backstage-plugin-kratix-common';
import { toYaml } from '@kratix-ts/core/kube';
import { portalError } from './errors';
import { problemsOf } from './problems';

const HIDDEN = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object as somebody would write it: without what the server and the engine add, and without its secrets. */
export function manifestOf({ apiVersion, kind, metadata, spec }: RequestObject, schema: JsonSchema | undefined): string {
  const { name, namespace, labels, annotations = {} } = metadata;
  const { [HIDDEN]: _hidden, ...shown } = annotations;
  const isSomething = (fields: object | undefined) => fields && Object.keys(fields).length > 0;
  return toYaml({
    apiVersion,
    kind,
    metadata: { name, namespace, ...(isSomething(labels) && { labels }), ...(isSomething(shown) && { annotations: shown }) },
    spec: spec && hideSecrets(spec, schema),
  });
}

interface Trial {
  before?: RequestObject;
  spec: Record<string, unknown>;
  /** Of the spec; says which fields are secrets. */
  schema?: JsonSchema;
  /** Answers with the object as it would be stored. */
  run: () => Promise<RequestObject>;
}

/** What becomes of a request that the server only tries. */
export async function previewOf({ before, spec, schema, run }: Trial): Promise<Preview> {
  const shown = before && { before: manifestOf(before, schema) };
  const was = before?.spec ?? {};
  const changesTo = (after: Record<string, unknown>) => fieldChanges(maskSecrets(was, schema), maskSecrets(after, schema, was));
  try {
    const after = await run();
    return { accepted: true, problems: [], changes: changesTo(inOrderOf(spec, after.spec)), manifest: manifestOf(after, schema), ...shown };
  } catch (error) {
    const problems = problemsOf(error);
    if (!problems) throw portalError(error);
    return { accepted: false, problems, changes: changesTo(spec), ...shown };
  }
}

/** Fields as the form has them; an API server answers in an order of its own. */
function inOrderOf(sent: Record<string, unknown>, stored: Record<string, unknown> = {}): Record<string, unknown> {
  const keys = [...new Set([...Object.keys(sent), ...Object.keys(stored)])].filter(key => key in stored);
  return Object.fromEntries(keys.map(key => [key, stored[key]]));
}
