/**
 * What Kratix' webhooks say of one object alone. The same words stand in the CRDs' rules, in the webhook's answers and in
 * conditions.
 */
export const words = {
  destinationPath: 'path field is required',
  destinationStore: 'stateStoreRef field is required',
  bucketSecret: 'spec.secretRef must be set when using authentication method accessKey',
  bucketSecretName: 'spec.secretRef must contain secret name',
  bucketSecretNamespace: 'spec.secretRef must contain secret namespace',
  releaseUrl: 'sourceRef.url must be set',
} as const;

/**
 * A rule of the CRD on the field that it stands at. Kubernetes asks it again only when that field changes, so what was
 * stored before there was a rule can still be updated elsewhere.
 */
export function refusedUnless(rule: string, message: string) {
  return { 'x-kubernetes-validations': [{ rule, message }] };
}
