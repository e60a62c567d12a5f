import { fieldChanges, type Preview, type RequestObject } from '@kratix-ts/backstage-plugin-kratix-common';
import { toYaml } from '@kratix-ts/core/kube';
import { portalError } from './errors';
import { problemsOf } from './problems';

const HIDDEN = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object as somebody would write it: without what the server and the engine add. */
export function manifestOf({ apiVersion, kind, metadata, spec }: RequestObject): string {
  const { name, namespace, labels, annotations = {} } = metadata;
  const { [HIDDEN]: _hidden, ...shown } = annotations;
  const isSomething = (fields: object | undefined) => fields && Object.keys(fields).length > 0;
  return toYaml({
    apiVersion,
    kind,
    metadata: { name, namespace, ...(isSomething(labels) && { labels }), ...(isSomething(shown) && { annotations: shown }) },
    spec,
  });
}

/** What becomes of a request that the server only tries; `trial` answers with the object as it would be stored. */
export async function previewOf(before: RequestObject | undefined, spec: Record<string, unknown>, trial: () => Promise<RequestObject>): Promise<Preview> {
  const shown = before && { before: manifestOf(before) };
  try {
    const after = await trial();
    return { accepted: true, problems: [], changes: fieldChanges(before?.spec ?? {}, inOrderOf(spec, after.spec)), manifest: manifestOf(after), ...shown };
  } catch (error) {
    const problems = problemsOf(error);
    if (!problems) throw portalError(error);
    return { accepted: false, problems, changes: fieldChanges(before?.spec ?? {}, spec), ...shown };
  }
}

/** Fields as the form has them; an API server answers in an order of its own. */
function inOrderOf(sent: Record<string, unknown>, stored: Record<string, unknown> = {}): Record<string, unknown> {
  const keys = [...new Set([...Object.keys(sent), ...Object.keys(stored)])].filter(key => key in stored);
  return Object.fromEntries(keys.map(key => [key, stored[key]]));
}
