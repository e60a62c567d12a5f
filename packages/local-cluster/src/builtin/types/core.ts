/** Field tables of the core group; the notation is explained in ../notation.ts. */
export const coreTypes = `
Affinity
  nodeAffinity#1:NodeAffinity podAffinity#2:PodAffinity podAntiAffinity#3:PodAntiAffinity
AppArmorProfile
  localhostProfile#2:s type!#1:s
Capabilities
  add#1:[s] drop#2:[s]
ClientIPConfig
  timeoutSeconds#1:i
ConfigMap
  binaryData#3:{B} data#2:{s} immutable#4:b metadata#1:meta.ObjectMeta
ConfigMapNodeConfigSource
  kubeletConfigKey!#5:s name!#2:s namespace!#1:s resourceVersion#4:s uid#3:s
Container
  args#4:[s] command#3:[s] env#7:[EnvVar]<name>~name envFrom#19:[EnvFromSource] image#2:s imagePullPolicy#14:s
  lifecycle#12:Lifecycle livenessProbe#10:Probe name!#1:s
  ports#6:[ContainerPort]<containerPort,protocol>~containerPort readinessProbe#11:Probe
  resizePolicy#23:[ContainerResizePolicy] resources#8:ResourceRequirements restartPolicy#24:s
  restartPolicyRules#25:[ContainerRestartRule] securityContext#15:SecurityContext startupProbe#22:Probe stdin#16:b
  stdinOnce#17:b terminationMessagePath#13:s terminationMessagePolicy#20:s tty#18:b
  volumeDevices#21:[VolumeDevice]<devicePath>~devicePath volumeMounts#9:[VolumeMount]<mountPath>~mountPath
  workingDir#5:s
ContainerExtendedResourceRequest
  containerName!#1:s requestName!#3:s resourceName!#2:s
ContainerImage
  names#1:[s] sizeBytes#2:l
ContainerPort
  containerPort!#3:i hostIP#5:s hostPort#2:i name#1:s protocol#4:s="TCP"
ContainerResizePolicy
  resourceName!#1:s restartPolicy!#2:s
ContainerRestartRule
  action!#1:s exitCodes#2:ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes
  operator!#1:s values#2:[i]<*>
ContainerState
  running#2:ContainerStateRunning terminated#3:ContainerStateTerminated waiting#1:ContainerStateWaiting
ContainerStateRunning
  startedAt#1:t
ContainerStateTerminated
  containerID#7:s exitCode!#1:i finishedAt#6:t message#4:s reason#3:s signal#2:i startedAt#5:t
ContainerStateWaiting
  message#2:s reason#1:s
ContainerStatus
  allocatedResources#10:{q} allocatedResourcesStatus#14:[ResourceStatus]<name>~name containerID#8:s image!#6:s
  imageID!#7:s lastState#3:ContainerState name!#1:s ready!#4:b resources#11:ResourceRequirements restartCount!#5:i
  started#9:b state#2:ContainerState stopSignal#15:s user#13:ContainerUser
  volumeMounts#12:[VolumeMountStatus]<mountPath>~mountPath
ContainerUser
  linux#1:LinuxContainerUser
DaemonEndpoint
  Port!#1:i
EndpointAddress
  hostname#3:s ip!#1:s nodeName#4:s targetRef#2:ObjectReference^
EndpointPort
  appProtocol#4:s name#1:s port!#2:i protocol#3:s
EndpointSubset
  addresses#1:[EndpointAddress^] notReadyAddresses#2:[EndpointAddress^] ports#3:[EndpointPort^]
Endpoints
  metadata#1:meta.ObjectMeta subsets#2:[EndpointSubset]
EphemeralContainer
  args#1.4:[s] command#1.3:[s] env#1.7:[EnvVar]<name>~name envFrom#1.19:[EnvFromSource] image#1.2:s
  imagePullPolicy#1.14:s lifecycle#1.12:Lifecycle livenessProbe#1.10:Probe name!#1.1:s
  ports#1.6:[ContainerPort]<containerPort,protocol>~containerPort readinessProbe#1.11:Probe
  resizePolicy#1.23:[ContainerResizePolicy] resources#1.8:ResourceRequirements restartPolicy#1.24:s
  restartPolicyRules#1.25:[ContainerRestartRule] securityContext#1.15:SecurityContext startupProbe#1.22:Probe
  stdin#1.16:b stdinOnce#1.17:b targetContainerName#2:s terminationMessagePath#1.13:s
  terminationMessagePolicy#1.20:s tty#1.18:b volumeDevices#1.21:[VolumeDevice]<devicePath>~devicePath
  volumeMounts#1.9:[VolumeMount]<mountPath>~mountPath workingDir#1.5:s
Event
  action#12:s count#8:i eventTime#10:T firstTimestamp#6:t involvedObject!#2:ObjectReference^ lastTimestamp#7:t
  message#4:s metadata!#1:meta.ObjectMeta reason#3:s related#13:ObjectReference^ reportingComponent#14:s
  reportingInstance#15:s series#11:EventSeries source#5:EventSource type#9:s
EventSeries
  count#1:i lastObservedTime#2:T
EventSource
  component#1:s host#2:s
ExecAction
  command#1:[s]
GRPCAction
  port!#1:i service#2:s
HTTPGetAction
  host#3:s httpHeaders#5:[HTTPHeader] path#1:s port!#2:x scheme#4:s
HTTPHeader
  name!#1:s value!#2:s
HostAlias
  hostnames#2:[s] ip!#1:s
HostIP
  ip!#1:s
Lifecycle
  postStart#1:LifecycleHandler preStop#2:LifecycleHandler stopSignal#3:s
LifecycleHandler
  exec#1:ExecAction httpGet#2:HTTPGetAction sleep#4:SleepAction tcpSocket#3:TCPSocketAction
LimitRange
  metadata#1:meta.ObjectMeta spec#2:LimitRangeSpec
LimitRangeItem
  default#4:{q} defaultRequest#5:{q} max#2:{q} maxLimitRequestRatio#6:{q} min#3:{q} type!#1:s
LimitRangeSpec
  limits!#1:[LimitRangeItem]
LinuxContainerUser
  gid!#2:l supplementalGroups#3:[l] uid!#1:l
LoadBalancerIngress
  hostname#2:s ip#1:s ipMode#3:s ports#4:[PortStatus]
LoadBalancerStatus
  ingress#1:[LoadBalancerIngress]
Namespace
  metadata#1:meta.ObjectMeta spec#2:NamespaceSpec status#3:NamespaceStatus
NamespaceCondition
  lastTransitionTime#4:t message#6:s reason#5:s status!#2:s type!#1:s
NamespaceSpec
  finalizers#1:[s]
NamespaceStatus
  conditions#2:[NamespaceCondition]<type>~type phase#1:s
Node
  metadata#1:meta.ObjectMeta spec#2:NodeSpec status#3:NodeStatus
NodeAddress
  address!#2:s type!#1:s
NodeAffinity
  preferredDuringSchedulingIgnoredDuringExecution#2:[PreferredSchedulingTerm]
  requiredDuringSchedulingIgnoredDuringExecution#1:NodeSelector^
NodeCondition
  lastHeartbeatTime#3:t lastTransitionTime#4:t message#6:s reason#5:s status!#2:s type!#1:s
NodeConfigSource
  configMap#2:ConfigMapNodeConfigSource
NodeConfigStatus
  active#2:NodeConfigSource assigned#1:NodeConfigSource error#4:s lastKnownGood#3:NodeConfigSource
NodeDaemonEndpoints
  kubeletEndpoint#1:DaemonEndpoint
NodeFeatures
  supplementalGroupsPolicy#1:b
NodeRuntimeHandler
  features#2:NodeRuntimeHandlerFeatures name#1:s
NodeRuntimeHandlerFeatures
  recursiveReadOnlyMounts#1:b userNamespaces#2:b
NodeSelector
  nodeSelectorTerms!#1:[NodeSelectorTerm^]
NodeSelectorRequirement
  key!#1:s operator!#2:s values#3:[s]
NodeSelectorTerm
  matchExpressions#1:[NodeSelectorRequirement] matchFields#2:[NodeSelectorRequirement]
NodeSpec
  configSource#6:NodeConfigSource externalID#2:s podCIDR#1:s podCIDRs#7:[s]<*>~ providerID#3:s taints#5:[Taint]
  unschedulable#4:b
NodeStatus
  addresses#5:[NodeAddress]<type>~type allocatable#2:{q} capacity#1:{q} conditions#4:[NodeCondition]<type>~type
  config#11:NodeConfigStatus daemonEndpoints#6:NodeDaemonEndpoints features#13:NodeFeatures
  images#8:[ContainerImage] nodeInfo#7:NodeSystemInfo phase#3:s runtimeHandlers#12:[NodeRuntimeHandler]
  volumesAttached#10:[AttachedVolume] volumesInUse#9:[s]
NodeSwapStatus
  capacity#1:l
NodeSystemInfo
  architecture!#10:s bootID!#3:s containerRuntimeVersion!#6:s kernelVersion!#4:s kubeProxyVersion!#8:s
  kubeletVersion!#7:s machineID!#1:s operatingSystem!#9:s osImage!#5:s swap#11:NodeSwapStatus systemUUID!#2:s
ObjectReference
  apiVersion#5:s fieldPath#7:s kind#1:s name#3:s namespace#2:s resourceVersion#6:s uid#4:s
Pod
  metadata#1:meta.ObjectMeta spec#2:PodSpec status#3:PodStatus
PodAffinity
  preferredDuringSchedulingIgnoredDuringExecution#2:[WeightedPodAffinityTerm]
  requiredDuringSchedulingIgnoredDuringExecution#1:[PodAffinityTerm]
PodAffinityTerm
  labelSelector#1:meta.LabelSelector^ matchLabelKeys#5:[s] mismatchLabelKeys#6:[s]
  namespaceSelector#4:meta.LabelSelector^ namespaces#2:[s] topologyKey!#3:s
PodAntiAffinity
  preferredDuringSchedulingIgnoredDuringExecution#2:[WeightedPodAffinityTerm]
  requiredDuringSchedulingIgnoredDuringExecution#1:[PodAffinityTerm]
PodCondition
  lastProbeTime#3:t lastTransitionTime#4:t message#6:s observedGeneration#7:l reason#5:s status!#2:s type!#1:s
PodDNSConfig
  nameservers#1:[s] options#3:[PodDNSConfigOption] searches#2:[s]
PodDNSConfigOption
  name#1:s value#2:s
PodExtendedResourceClaimStatus
  requestMappings!#1:[ContainerExtendedResourceRequest] resourceClaimName!#2:s
PodIP
  ip!#1:s
PodOS
  name!#1:s
PodReadinessGate
  conditionType!#1:s
PodResourceClaim
  name!#1:s resourceClaimName#3:s resourceClaimTemplateName#4:s
PodResourceClaimStatus
  name!#1:s resourceClaimName#2:s
PodSchedulingGate
  name!#1:s
PodSecurityContext
  appArmorProfile#11:AppArmorProfile fsGroup#5:l fsGroupChangePolicy#9:s runAsGroup#6:l runAsNonRoot#3:b
  runAsUser#2:l seLinuxChangePolicy#13:s seLinuxOptions#1:SELinuxOptions seccompProfile#10:SeccompProfile
  supplementalGroups#4:[l] supplementalGroupsPolicy#12:s sysctls#7:[Sysctl]
  windowsOptions#8:WindowsSecurityContextOptions
PodSpec
  activeDeadlineSeconds#5:l affinity#18:Affinity automountServiceAccountToken#21:b
  containers!#2:[Container]<name>~name dnsConfig#26:PodDNSConfig dnsPolicy#6:s enableServiceLinks#30:b
  ephemeralContainers#34:[EphemeralContainer]<name>~name hostAliases#23:[HostAlias]<ip>~ip hostIPC#13:b
  hostNetwork#11:b hostPID#12:b hostUsers#37:b hostname#16:s hostnameOverride#41:s
  imagePullSecrets#15:[LocalObjectReference^]<name>~name initContainers#20:[Container]<name>~name nodeName#10:s
  nodeSelector#7:{s}^ os#36:PodOS overhead#32:{q} preemptionPolicy#31:s priority#25:i priorityClassName#24:s
  readinessGates#28:[PodReadinessGate] resourceClaims#39:[PodResourceClaim]<name>~name$
  resources#40:ResourceRequirements restartPolicy#3:s runtimeClassName#29:s schedulerName#19:s
  schedulingGates#38:[PodSchedulingGate]<name>~name securityContext#14:PodSecurityContext serviceAccount#9:s
  serviceAccountName#8:s setHostnameAsFQDN#35:b shareProcessNamespace#27:b subdomain#17:s
  terminationGracePeriodSeconds#4:l tolerations#22:[Toleration]
  topologySpreadConstraints#33:[TopologySpreadConstraint]<topologyKey,whenUnsatisfiable>~topologyKey
  volumes#1:[Volume]<name>~name$
PodStatus
  conditions#2:[PodCondition]<type>~type containerStatuses#8:[ContainerStatus]
  ephemeralContainerStatuses#13:[ContainerStatus] extendedResourceClaimStatus#18:PodExtendedResourceClaimStatus
  hostIP#5:s hostIPs#16:[HostIP]~ip initContainerStatuses#10:[ContainerStatus] message#3:s nominatedNodeName#11:s
  observedGeneration#17:l phase#1:s podIP#6:s podIPs#12:[PodIP]<ip>~ip qosClass#9:s reason#4:s resize#14:s
  resourceClaimStatuses#15:[PodResourceClaimStatus]<name>~name$ startTime#7:t
PodTemplate
  metadata#1:meta.ObjectMeta template#2:PodTemplateSpec
PodTemplateSpec
  metadata#1:meta.ObjectMeta spec#2:PodSpec
PortStatus
  error#3:s port!#1:i protocol!#2:s
PreferredSchedulingTerm
  preference!#2:NodeSelectorTerm^ weight!#1:i
Probe
  exec#1.1:ExecAction failureThreshold#6:i grpc#1.4:GRPCAction httpGet#1.2:HTTPGetAction initialDelaySeconds#2:i
  periodSeconds#4:i successThreshold#5:i tcpSocket#1.3:TCPSocketAction terminationGracePeriodSeconds#7:l
  timeoutSeconds#3:i
ReplicationController
  metadata#1:meta.ObjectMeta spec#2:ReplicationControllerSpec status#3:ReplicationControllerStatus
ReplicationControllerCondition
  lastTransitionTime#3:t message#5:s reason#4:s status!#2:s type!#1:s
ReplicationControllerSpec
  minReadySeconds#4:i replicas#1:i=1 selector#2:{s}^ template#3:PodTemplateSpec
ReplicationControllerStatus
  availableReplicas#5:i conditions#6:[ReplicationControllerCondition]<type>~type fullyLabeledReplicas#2:i
  observedGeneration#3:l readyReplicas#4:i replicas!#1:i
ResourceClaim
  name!#1:s request#2:s
ResourceHealth
  health#2:s resourceID!#1:s
ResourceQuota
  metadata#1:meta.ObjectMeta spec#2:ResourceQuotaSpec status#3:ResourceQuotaStatus
ResourceQuotaSpec
  hard#1:{q} scopeSelector#3:ScopeSelector^ scopes#2:[s]
ResourceQuotaStatus
  hard#1:{q} used#2:{q}
ResourceRequirements
  claims#3:[ResourceClaim]<name> limits#1:{q} requests#2:{q}
ResourceStatus
  name!#1:s resources#2:[ResourceHealth]<resourceID>
SELinuxOptions
  level#4:s role#2:s type#3:s user#1:s
ScopeSelector
  matchExpressions#1:[ScopedResourceSelectorRequirement]
ScopedResourceSelectorRequirement
  operator!#2:s scopeName!#1:s values#3:[s]
SeccompProfile
  localhostProfile#2:s type!#1:s
Secret
  data#2:{B} immutable#5:b metadata#1:meta.ObjectMeta stringData#4:{s} type#3:s
SecretReference
  name#1:s namespace#2:s
SecurityContext
  allowPrivilegeEscalation#7:b appArmorProfile#12:AppArmorProfile capabilities#1:Capabilities privileged#2:b
  procMount#9:s readOnlyRootFilesystem#6:b runAsGroup#8:l runAsNonRoot#5:b runAsUser#4:l
  seLinuxOptions#3:SELinuxOptions seccompProfile#11:SeccompProfile windowsOptions#10:WindowsSecurityContextOptions
Service
  metadata#1:meta.ObjectMeta spec#2:ServiceSpec status#3:ServiceStatus
ServiceAccount
  automountServiceAccountToken#4:b imagePullSecrets#3:[LocalObjectReference^] metadata#1:meta.ObjectMeta
  secrets#2:[ObjectReference^]<name>~name
ServicePort
  appProtocol#6:s name#1:s nodePort#5:i port!#3:i protocol#2:s="TCP" targetPort#4:x
ServiceSpec
  allocateLoadBalancerNodePorts#20:b clusterIP#3:s clusterIPs#18:[s] externalIPs#5:[s] externalName#10:s
  externalTrafficPolicy#11:s healthCheckNodePort#12:i internalTrafficPolicy#22:s ipFamilies#19:[s]
  ipFamilyPolicy#17:s loadBalancerClass#21:s loadBalancerIP#8:s loadBalancerSourceRanges#9:[s]
  ports#1:[ServicePort]<port,protocol>~port publishNotReadyAddresses#13:b selector#2:{s}^ sessionAffinity#7:s
  sessionAffinityConfig#14:SessionAffinityConfig trafficDistribution#23:s type#4:s
ServiceStatus
  conditions#2:[meta.Condition]<type>~type loadBalancer#1:LoadBalancerStatus
SessionAffinityConfig
  clientIP#1:ClientIPConfig
SleepAction
  seconds!#1:l
Sysctl
  name!#1:s value!#2:s
TCPSocketAction
  host#2:s port!#1:x
Taint
  effect!#3:s key!#1:s timeAdded#4:t value#2:s
Toleration
  effect#4:s key#1:s operator#2:s tolerationSeconds#5:l value#3:s
TopologySelectorLabelRequirement
  key!#1:s values!#2:[s]
TopologySelectorTerm
  matchLabelExpressions#1:[TopologySelectorLabelRequirement]
TopologySpreadConstraint
  labelSelector#4:meta.LabelSelector^ matchLabelKeys#8:[s] maxSkew!#1:i minDomains#5:i nodeAffinityPolicy#6:s
  nodeTaintsPolicy#7:s topologyKey!#2:s whenUnsatisfiable!#3:s
TypedObjectReference
  apiGroup#1:s kind!#2:s name!#3:s namespace#4:s
WeightedPodAffinityTerm
  podAffinityTerm!#2:PodAffinityTerm weight!#1:i
WindowsSecurityContextOptions
  gmsaCredentialSpec#2:s gmsaCredentialSpecName#1:s hostProcess#4:b runAsUserName#3:s
`;
