/** Field tables of networking, storage, leases and events; the notation is explained in ../notation.ts. */
export const networkingTypes = `
HTTPIngressPath
  backend!#2:IngressBackend path#1:s pathType!#3:s
HTTPIngressRuleValue
  paths!#1:[HTTPIngressPath]
IPBlock
  cidr!#1:s except#2:[s]
Ingress
  metadata#1:meta.ObjectMeta spec#2:IngressSpec status#3:IngressStatus
IngressBackend
  resource#3:core.TypedLocalObjectReference^ service#4:IngressServiceBackend
IngressClass
  metadata#1:meta.ObjectMeta spec#2:IngressClassSpec
IngressClassParametersReference
  apiGroup#1:s kind!#2:s name!#3:s namespace#5:s scope#4:s
IngressClassSpec
  controller#1:s parameters#2:IngressClassParametersReference
IngressLoadBalancerIngress
  hostname#2:s ip#1:s ports#4:[IngressPortStatus]
IngressLoadBalancerStatus
  ingress#1:[IngressLoadBalancerIngress]
IngressPortStatus
  error#3:s port!#1:i protocol!#2:s
IngressRule
  host#1:s http#2.1:HTTPIngressRuleValue
IngressServiceBackend
  name!#1:s port#2:ServiceBackendPort^
IngressSpec
  defaultBackend#1:IngressBackend ingressClassName#4:s rules#3:[IngressRule] tls#2:[IngressTLS]
IngressStatus
  loadBalancer#1:IngressLoadBalancerStatus
IngressTLS
  hosts#1:[s] secretName#2:s
NetworkPolicy
  metadata#1:meta.ObjectMeta spec#2:NetworkPolicySpec
NetworkPolicyEgressRule
  ports#1:[NetworkPolicyPort] to#2:[NetworkPolicyPeer]
NetworkPolicyIngressRule
  from#2:[NetworkPolicyPeer] ports#1:[NetworkPolicyPort]
NetworkPolicyPeer
  ipBlock#3:IPBlock namespaceSelector#2:meta.LabelSelector^ podSelector#1:meta.LabelSelector^
NetworkPolicyPort
  endPort#3:i port#2:x protocol#1:s
NetworkPolicySpec
  egress#3:[NetworkPolicyEgressRule] ingress#2:[NetworkPolicyIngressRule] podSelector#1:meta.LabelSelector^
  policyTypes#4:[s]
ServiceBackendPort
  name#1:s number#2:i
`;

export const discoveryTypes = `
Endpoint
  addresses!#1:[s]<*> conditions#2:EndpointConditions deprecatedTopology#5:{s} hints#8:EndpointHints hostname#3:s
  nodeName#6:s targetRef#4:core.ObjectReference^ zone#7:s
EndpointConditions
  ready#1:b serving#2:b terminating#3:b
EndpointHints
  forNodes#2:[ForNode] forZones#1:[ForZone]
EndpointPort
  appProtocol#4:s name#1:s port#3:i protocol#2:s
EndpointSlice
  addressType!#4:s endpoints!#2:[Endpoint] metadata#1:meta.ObjectMeta ports#3:[EndpointPort^]
ForNode
  name!#1:s
ForZone
  name!#1:s
`;

export const coordinationTypes = `
Lease
  metadata#1:meta.ObjectMeta spec#2:LeaseSpec
LeaseSpec
  acquireTime#3:T holderIdentity#1:s leaseDurationSeconds#2:i leaseTransitions#5:i preferredHolder#7:s
  renewTime#4:T strategy#6:s
`;

export const eventsTypes = `
Event
  action#6:s deprecatedCount#15:i deprecatedFirstTimestamp#13:t deprecatedLastTimestamp#14:t
  deprecatedSource#12:core.EventSource eventTime!#2:T metadata#1:meta.ObjectMeta note#10:s reason#7:s
  regarding#8:core.ObjectReference^ related#9:core.ObjectReference^ reportingController#4:s reportingInstance#5:s
  series#3:EventSeries type#11:s
EventSeries
  count!#1:i lastObservedTime!#2:T
`;

export const storageTypes = `
StorageClass
  allowVolumeExpansion#6:b allowedTopologies#8:[core.TopologySelectorTerm^] metadata#1:meta.ObjectMeta
  mountOptions#5:[s] parameters#3:{s} provisioner!#2:s reclaimPolicy#4:s volumeBindingMode#7:s
`;
