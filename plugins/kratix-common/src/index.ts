export * from './annotations';
export * from './attention';
export { dryRunState, type DryRunFiles, type DryRunSource } from './dryRun';
export * from './edits';
export { kubernetesUser, kubernetesUserOf, type ActingUser, type NamingRule, type UserSources } from './impersonation';
export * from './entityNames';
export { fieldOf, INVALID_YAML, type FormField, type JsonSchema } from './formField';
export { exampleValue } from './exampleValue';
export * from './formPages';
export { humanise } from './formHints';
export { patternRule, type Characters, type PatternRule } from './formPatterns';
export { formSchema } from './formSchema';
export { hideSecrets, isSecretToken, maskSecrets, revealSecrets, secretsOf, secretTexts, secretToken } from './formSecrets';
export * from './formValues';
export * from './permissions';
export * from './platform';
export { phaseOf, tellingContainer, type PhaseInput } from './phase';
export { formatDuration, formatTaken, parseTime } from './phase-duration';
export {
  renderSentence,
  sentences,
  sentenceValues,
  type SentenceId,
  type SentenceOptions,
} from './phase-sentences';
export { errorTailOf, lastWords, plainText, tailOf } from './phase-words';
export * from './platformObjects';
export { destinationSummary, storeSummary } from './platformState';
export * from './promiseApi';
export { exampleRequest, promiseDetail, type PromiseSources } from './promiseDetail';
export * from './requestDetail';
export { schemaChanges } from './schemaChanges';
export { attemptText } from './phase-run';
export { promiseVersionOf, requestRuns, requestState, requestSummary, type RequestSources } from './state';
export { packedSize, stepOfPlacement } from './stateDelivery';
export { requestDetail, writtenAt, type RequestDetailSources } from './stateDetail';
export { byEventTime, eventSummary } from './stateEvents';
export * from './stateObjects';
export * from './stateRelations';
export { commitUrl, withoutCredentials } from './storeUrl';
export { textDiff } from './textDiff';
export * from './types';
