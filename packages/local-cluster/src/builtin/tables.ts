import { admissionTypes, apiextensionsTypes, authenticationTypes, authorizationTypes, rbacTypes } from './types/access';
import { coreTypes } from './types/core';
import { coreVolumeTypes } from './types/core-volumes';
import { metaTypes } from './types/meta';
import { coordinationTypes, discoveryTypes, eventsTypes, networkingTypes, storageTypes } from './types/platform';
import { appsTypes, autoscalingTypes, batchTypes, policyTypes, schedulingTypes } from './types/workloads';

/** Every field table with the short name of its group. */
export function allTables(): [group: string, text: string][] {
  return [
    ['meta', metaTypes],
    ['core', coreTypes],
    ['core', coreVolumeTypes],
    ['apps', appsTypes],
    ['batch', batchTypes],
    ['autoscaling', autoscalingTypes],
    ['policy', policyTypes],
    ['scheduling', schedulingTypes],
    ['networking', networkingTypes],
    ['discovery', discoveryTypes],
    ['coordination', coordinationTypes],
    ['events', eventsTypes],
    ['storage', storageTypes],
    ['rbac', rbacTypes],
    ['authentication', authenticationTypes],
    ['authorization', authorizationTypes],
    ['admission', admissionTypes],
    ['apiextensions', apiextensionsTypes],
  ];
}
