export { goJson, specHash } from './go-json';
export { canonicalJson, decodeContent, digestOf, encodeContent, MAX_CONTENT_BYTES } from './encoding';
export { joinFiles, PART_SIZE, partDigest, splitFiles } from './work-parts';
export type { PackedFile, WorkPart } from './work-parts';
export { groupId, ROOT_DIRECTORY, shortGroupId } from './layout-names';
export { isGitOwnName, pathProblem, pathSetProblem } from './safe-path';
export * from './names';
export { canonicalGoDuration, formatGoDuration, parseGoDuration } from './go-duration';
export { parseAllYaml, parseYaml } from '../kube/yaml';
