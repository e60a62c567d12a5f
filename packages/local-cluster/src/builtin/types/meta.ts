/** Field tables of what every object carries; the notation is explained in ../notation.ts. */
export const metaTypes = `
Condition
  lastTransitionTime!#4:t message!#6:s observedGeneration#3:l reason!#5:s status!#2:s type!#1:s
DeleteOptions
  apiVersion:s dryRun#5:[s] gracePeriodSeconds#1:l ignoreStoreReadErrorWithClusterBreakingPotential#6:b kind:s
  orphanDependents#3:b preconditions#2:Preconditions propagationPolicy#4:s
FieldSelectorRequirement
  key!#1:s operator!#2:s values#3:[s]
LabelSelector
  matchExpressions#2:[LabelSelectorRequirement] matchLabels#1:{s}
LabelSelectorRequirement
  key!#1:s operator!#2:s values#3:[s]
ListMeta
  continue#3:s remainingItemCount#4:l resourceVersion#2:s selfLink#1:s
ManagedFieldsEntry
  apiVersion#3:s fieldsType#6:s fieldsV1#7:o manager#1:s operation#2:s subresource#8:s time#4:t
ObjectMeta
  annotations#12:{s} creationTimestamp#8:t deletionGracePeriodSeconds#10:l deletionTimestamp#9:t
  finalizers#14:[s]<*>~ generateName#2:s generation#7:l labels#11:{s} managedFields#17:[ManagedFieldsEntry]
  name#1:s namespace#3:s ownerReferences#13:[OwnerReference^]<uid>~uid resourceVersion#6:s selfLink#4:s uid#5:s
OwnerReference
  apiVersion!#5:s blockOwnerDeletion#7:b controller#6:b kind!#1:s name!#3:s uid!#4:s
Preconditions
  resourceVersion#2:s uid#1:s
Status
  code#6:i details#5:StatusDetails message#3:s metadata#1:ListMeta reason#4:s status#2:s
StatusCause
  field#3:s message#2:s reason#1:s
StatusDetails
  causes#4:[StatusCause] group#2:s kind#3:s name#1:s retryAfterSeconds#5:i uid#6:s
`;
