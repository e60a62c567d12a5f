export * from './api';
export { startCluster, type Cluster, type ClusterLog, type ClusterOptions } from './cluster';
export type { Admission, AdmissionRequest, Attributes, Authorizer, Decision, User } from './auth/user';
export { openImages, normaliseImageName, type Image, type Images, type ImageConfig, type ImageSource } from './images';
