/** In which form a client wants to see objects. */
export type Form = 'object' | 'Table' | 'PartialObjectMetadata';

export interface Negotiated {
  form: Form;
  /** The version of meta.k8s.io in which tables and partial objects are written. */
  version: string;
}

/** Picks the first form that the Accept header names and that this server can write. */
export function negotiate(accept: string | undefined): Negotiated {
  for (const choice of (accept ?? '*/*').split(',')) {
    const [type, ...parameters] = choice.split(';').map(part => part.trim());
    if (!['application/json', 'application/*', '*/*'].includes(type.toLowerCase())) continue;
    const given = Object.fromEntries(parameters.map(parameter => parameter.split('=') as [string, string]));
    if (given.as === undefined) return { form: 'object', version: 'v1' };
    const known = given.g === 'meta.k8s.io' && (given.v === 'v1' || given.v === 'v1beta1');
    if (!known) continue;
    if (given.as === 'Table') return { form: 'Table', version: given.v };
    if (given.as.startsWith('PartialObjectMetadata')) return { form: 'PartialObjectMetadata', version: given.v };
  }
  return { form: 'object', version: 'v1' };
}

/** Whether a client understands the aggregated form of discovery, and which version. */
export function wantsAggregated(accept: string | undefined): string | undefined {
  return /as=APIGroupDiscoveryList/.test(accept ?? '') ? (/v=(v2(?:beta1)?)/.exec(accept ?? '')?.[1] ?? undefined) : undefined;
}
