/** Field tables of what runs pods; the notation is explained in ../notation.ts. */
export const appsTypes = `
ControllerRevision
  data#2:o metadata#1:meta.ObjectMeta revision!#3:l
DaemonSet
  metadata#1:meta.ObjectMeta spec#2:DaemonSetSpec status#3:DaemonSetStatus
DaemonSetCondition
  lastTransitionTime#3:t message#5:s reason#4:s status!#2:s type!#1:s
DaemonSetSpec
  minReadySeconds#4:i revisionHistoryLimit#6:i selector!#1:meta.LabelSelector^ template!#2:core.PodTemplateSpec
  updateStrategy#3:DaemonSetUpdateStrategy
DaemonSetStatus
  collisionCount#9:i conditions#10:[DaemonSetCondition]<type>~type currentNumberScheduled!#1:i
  desiredNumberScheduled!#3:i numberAvailable#7:i numberMisscheduled!#2:i numberReady!#4:i numberUnavailable#8:i
  observedGeneration#5:l updatedNumberScheduled#6:i
DaemonSetUpdateStrategy
  rollingUpdate#2:RollingUpdateDaemonSet type#1:s
Deployment
  metadata#1:meta.ObjectMeta spec#2:DeploymentSpec status#3:DeploymentStatus
DeploymentCondition
  lastTransitionTime#7:t lastUpdateTime#6:t message#5:s reason#4:s status!#2:s type!#1:s
DeploymentSpec
  minReadySeconds#5:i paused#7:b progressDeadlineSeconds#9:i replicas#1:i revisionHistoryLimit#6:i
  selector!#2:meta.LabelSelector^ strategy#4:DeploymentStrategy$ template!#3:core.PodTemplateSpec
DeploymentStatus
  availableReplicas#4:i collisionCount#8:i conditions#6:[DeploymentCondition]<type>~type observedGeneration#1:l
  readyReplicas#7:i replicas#2:i terminatingReplicas#9:i unavailableReplicas#5:i updatedReplicas#3:i
DeploymentStrategy
  rollingUpdate#2:RollingUpdateDeployment type#1:s
ReplicaSet
  metadata#1:meta.ObjectMeta spec#2:ReplicaSetSpec status#3:ReplicaSetStatus
ReplicaSetCondition
  lastTransitionTime#3:t message#5:s reason#4:s status!#2:s type!#1:s
ReplicaSetSpec
  minReadySeconds#4:i replicas#1:i selector!#2:meta.LabelSelector^ template#3:core.PodTemplateSpec
ReplicaSetStatus
  availableReplicas#5:i conditions#6:[ReplicaSetCondition]<type>~type fullyLabeledReplicas#2:i
  observedGeneration#3:l readyReplicas#4:i replicas!#1:i terminatingReplicas#7:i
RollingUpdateDaemonSet
  maxSurge#2:x maxUnavailable#1:x
RollingUpdateDeployment
  maxSurge#2:x maxUnavailable#1:x
RollingUpdateStatefulSetStrategy
  maxUnavailable#2:x partition#1:i
StatefulSet
  metadata#1:meta.ObjectMeta spec#2:StatefulSetSpec status#3:StatefulSetStatus
StatefulSetCondition
  lastTransitionTime#3:t message#5:s reason#4:s status!#2:s type!#1:s
StatefulSetOrdinals
  start#1:i
StatefulSetPersistentVolumeClaimRetentionPolicy
  whenDeleted#1:s whenScaled#2:s
StatefulSetSpec
  minReadySeconds#9:i ordinals#11:StatefulSetOrdinals
  persistentVolumeClaimRetentionPolicy#10:StatefulSetPersistentVolumeClaimRetentionPolicy podManagementPolicy#6:s
  replicas#1:i revisionHistoryLimit#8:i selector!#2:meta.LabelSelector^ serviceName#5:s
  template!#3:core.PodTemplateSpec updateStrategy#7:StatefulSetUpdateStrategy
  volumeClaimTemplates#4:[core.PersistentVolumeClaim]
StatefulSetStatus
  availableReplicas#11:i collisionCount#9:i conditions#10:[StatefulSetCondition]<type>~type currentReplicas#4:i
  currentRevision#6:s observedGeneration#1:l readyReplicas#3:i replicas!#2:i updateRevision#7:s
  updatedReplicas#5:i
StatefulSetUpdateStrategy
  rollingUpdate#2:RollingUpdateStatefulSetStrategy type#1:s
`;

export const batchTypes = `
CronJob
  metadata#1:meta.ObjectMeta spec#2:CronJobSpec status#3:CronJobStatus
CronJobSpec
  concurrencyPolicy#3:s failedJobsHistoryLimit#7:i jobTemplate!#5:JobTemplateSpec schedule!#1:s
  startingDeadlineSeconds#2:l successfulJobsHistoryLimit#6:i suspend#4:b timeZone#8:s
CronJobStatus
  active#1:[core.ObjectReference^] lastScheduleTime#4:t lastSuccessfulTime#5:t
Job
  metadata#1:meta.ObjectMeta spec#2:JobSpec status#3:JobStatus
JobCondition
  lastProbeTime#3:t lastTransitionTime#4:t message#6:s reason#5:s status!#2:s type!#1:s
JobSpec
  activeDeadlineSeconds#3:l backoffLimit#7:i backoffLimitPerIndex#12:i completionMode#9:s completions#2:i
  managedBy#15:s manualSelector#5:b maxFailedIndexes#13:i parallelism#1:i podFailurePolicy#11:PodFailurePolicy
  podReplacementPolicy#14:s selector#4:meta.LabelSelector^ successPolicy#16:SuccessPolicy suspend#10:b
  template!#6:core.PodTemplateSpec ttlSecondsAfterFinished#8:i
JobStatus
  active#4:i completedIndexes#7:s completionTime#3:t conditions#1:[JobCondition]~type failed#6:i
  failedIndexes#10:s ready#9:i startTime#2:t succeeded#5:i terminating#11:i
  uncountedTerminatedPods#8:UncountedTerminatedPods
JobTemplateSpec
  metadata#1:meta.ObjectMeta spec#2:JobSpec
PodFailurePolicy
  rules!#1:[PodFailurePolicyRule]
PodFailurePolicyOnExitCodesRequirement
  containerName#1:s operator!#2:s values!#3:[i]<*>
PodFailurePolicyOnPodConditionsPattern
  status!#2:s type!#1:s
PodFailurePolicyRule
  action!#1:s onExitCodes#2:PodFailurePolicyOnExitCodesRequirement
  onPodConditions#3:[PodFailurePolicyOnPodConditionsPattern]
SuccessPolicy
  rules!#1:[SuccessPolicyRule]
SuccessPolicyRule
  succeededCount#2:i succeededIndexes#1:s
UncountedTerminatedPods
  failed#2:[s]<*> succeeded#1:[s]<*>
`;

export const autoscalingTypes = `
ContainerResourceMetricSource
  container!#3:s name!#1:s target!#2:MetricTarget
ContainerResourceMetricStatus
  container!#3:s current!#2:MetricValueStatus name!#1:s
CrossVersionObjectReference
  apiVersion#3:s kind!#1:s name!#2:s
ExternalMetricSource
  metric!#1:MetricIdentifier target!#2:MetricTarget
ExternalMetricStatus
  current!#2:MetricValueStatus metric!#1:MetricIdentifier
HPAScalingPolicy
  periodSeconds!#3:i type!#1:s value!#2:i
HPAScalingRules
  policies#2:[HPAScalingPolicy] selectPolicy#1:s stabilizationWindowSeconds#3:i tolerance#4:q
HorizontalPodAutoscaler
  metadata#1:meta.ObjectMeta spec#2:HorizontalPodAutoscalerSpec status#3:HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerBehavior
  scaleDown#2:HPAScalingRules scaleUp#1:HPAScalingRules
HorizontalPodAutoscalerCondition
  lastTransitionTime#3:t message#5:s reason#4:s status!#2:s type!#1:s
HorizontalPodAutoscalerSpec
  behavior#5:HorizontalPodAutoscalerBehavior maxReplicas!#3:i metrics#4:[MetricSpec] minReplicas#2:i
  scaleTargetRef!#1:CrossVersionObjectReference
HorizontalPodAutoscalerStatus
  conditions#6:[HorizontalPodAutoscalerCondition]<type>~type currentMetrics#5:[MetricStatus] currentReplicas#3:i
  desiredReplicas!#4:i lastScaleTime#2:t observedGeneration#1:l
MetricIdentifier
  name!#1:s selector#2:meta.LabelSelector^
MetricSpec
  containerResource#7:ContainerResourceMetricSource external#5:ExternalMetricSource object#2:ObjectMetricSource
  pods#3:PodsMetricSource resource#4:ResourceMetricSource type!#1:s
MetricStatus
  containerResource#7:ContainerResourceMetricStatus external#5:ExternalMetricStatus object#2:ObjectMetricStatus
  pods#3:PodsMetricStatus resource#4:ResourceMetricStatus type!#1:s
MetricTarget
  averageUtilization#4:i averageValue#3:q type!#1:s value#2:q
MetricValueStatus
  averageUtilization#3:i averageValue#2:q value#1:q
ObjectMetricSource
  describedObject!#1:CrossVersionObjectReference metric!#3:MetricIdentifier target!#2:MetricTarget
ObjectMetricStatus
  current!#2:MetricValueStatus describedObject!#3:CrossVersionObjectReference metric!#1:MetricIdentifier
PodsMetricSource
  metric!#1:MetricIdentifier target!#2:MetricTarget
PodsMetricStatus
  current!#2:MetricValueStatus metric!#1:MetricIdentifier
ResourceMetricSource
  name!#1:s target!#2:MetricTarget
ResourceMetricStatus
  current!#2:MetricValueStatus name!#1:s
`;

export const policyTypes = `
Eviction
  deleteOptions#2:meta.DeleteOptions metadata#1:meta.ObjectMeta
PodDisruptionBudget
  metadata#1:meta.ObjectMeta spec#2:PodDisruptionBudgetSpec status#3:PodDisruptionBudgetStatus
PodDisruptionBudgetSpec
  maxUnavailable#3:x minAvailable#1:x selector#2:meta.LabelSelector^ unhealthyPodEvictionPolicy#4:s
PodDisruptionBudgetStatus
  conditions#7:[meta.Condition]<type>~type currentHealthy!#4:i desiredHealthy!#5:i disruptedPods#2:{t}
  disruptionsAllowed!#3:i expectedPods!#6:i observedGeneration#1:l
`;

export const schedulingTypes = `
PriorityClass
  description#4:s globalDefault#3:b metadata#1:meta.ObjectMeta preemptionPolicy#5:s value!#2:i
`;
