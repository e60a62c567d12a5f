/** Field tables of access rules, admission and custom resource definitions; the notation is explained in ../notation.ts. */
export const rbacTypes = `
AggregationRule
  clusterRoleSelectors#1:[meta.LabelSelector^]
ClusterRole
  aggregationRule#3:AggregationRule metadata#1:meta.ObjectMeta rules#2:[PolicyRule]
ClusterRoleBinding
  metadata#1:meta.ObjectMeta roleRef!#3:RoleRef^ subjects#2:[Subject^]
PolicyRule
  apiGroups#2:[s] nonResourceURLs#5:[s] resourceNames#4:[s] resources#3:[s] verbs!#1:[s]
Role
  metadata#1:meta.ObjectMeta rules#2:[PolicyRule]
RoleBinding
  metadata#1:meta.ObjectMeta roleRef!#3:RoleRef^ subjects#2:[Subject^]
RoleRef
  apiGroup!#1:s kind!#2:s name!#3:s
Subject
  apiGroup#2:s kind!#1:s name!#3:s namespace#4:s
`;

export const authenticationTypes = `
BoundObjectReference
  apiVersion#2:s kind#1:s name#3:s uid#4:s
SelfSubjectReview
  metadata#1:meta.ObjectMeta status#2:SelfSubjectReviewStatus
SelfSubjectReviewStatus
  userInfo#1:UserInfo
TokenRequest
  metadata#1:meta.ObjectMeta spec!#2:TokenRequestSpec status#3:TokenRequestStatus
TokenRequestSpec
  audiences!#1:[s] boundObjectRef#3:BoundObjectReference expirationSeconds#4:l
TokenRequestStatus
  expirationTimestamp!#2:t token!#1:s
TokenReview
  metadata#1:meta.ObjectMeta spec!#2:TokenReviewSpec status#3:TokenReviewStatus
TokenReviewSpec
  audiences#2:[s] token#1:s
TokenReviewStatus
  audiences#4:[s] authenticated#1:b error#3:s user#2:UserInfo
UserInfo
  extra#4:{[s]} groups#3:[s] uid#2:s username#1:s
`;

export const authorizationTypes = `
FieldSelectorAttributes
  rawSelector#1:s requirements#2:[meta.FieldSelectorRequirement]
LabelSelectorAttributes
  rawSelector#1:s requirements#2:[meta.LabelSelectorRequirement]
LocalSubjectAccessReview
  metadata#1:meta.ObjectMeta spec!#2:SubjectAccessReviewSpec status#3:SubjectAccessReviewStatus
NonResourceAttributes
  path#1:s verb#2:s
NonResourceRule
  nonResourceURLs#2:[s] verbs!#1:[s]
ResourceAttributes
  fieldSelector#8:FieldSelectorAttributes group#3:s labelSelector#9:LabelSelectorAttributes name#7:s namespace#1:s
  resource#5:s subresource#6:s verb#2:s version#4:s
ResourceRule
  apiGroups#2:[s] resourceNames#4:[s] resources#3:[s] verbs!#1:[s]
SelfSubjectAccessReview
  metadata#1:meta.ObjectMeta spec!#2:SelfSubjectAccessReviewSpec status#3:SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec
  nonResourceAttributes#2:NonResourceAttributes resourceAttributes#1:ResourceAttributes
SelfSubjectRulesReview
  metadata#1:meta.ObjectMeta spec!#2:SelfSubjectRulesReviewSpec status#3:SubjectRulesReviewStatus
SelfSubjectRulesReviewSpec
  namespace#1:s
SubjectAccessReview
  metadata#1:meta.ObjectMeta spec!#2:SubjectAccessReviewSpec status#3:SubjectAccessReviewStatus
SubjectAccessReviewSpec
  extra#5:{[s]} groups#4:[s] nonResourceAttributes#2:NonResourceAttributes resourceAttributes#1:ResourceAttributes
  uid#6:s user#3:s
SubjectAccessReviewStatus
  allowed!#1:b denied#4:b evaluationError#3:s reason#2:s
SubjectRulesReviewStatus
  evaluationError#4:s incomplete!#3:b nonResourceRules!#2:[NonResourceRule] resourceRules!#1:[ResourceRule]
`;

export const admissionTypes = `
AuditAnnotation
  key!#1:s valueExpression!#2:s
ExpressionWarning
  fieldRef!#2:s warning!#3:s
MatchCondition
  expression!#2:s name!#1:s
MatchResources
  excludeResourceRules#4:[NamedRuleWithOperations^] matchPolicy#7:s namespaceSelector#1:meta.LabelSelector^
  objectSelector#2:meta.LabelSelector^ resourceRules#3:[NamedRuleWithOperations^]
MutatingWebhook
  admissionReviewVersions!#8:[s] clientConfig!#2:WebhookClientConfig failurePolicy#4:s
  matchConditions#12:[MatchCondition]<name>~name matchPolicy#9:s name!#1:s namespaceSelector#5:meta.LabelSelector^
  objectSelector#11:meta.LabelSelector^ reinvocationPolicy#10:s rules#3:[RuleWithOperations] sideEffects!#6:s
  timeoutSeconds#7:i
MutatingWebhookConfiguration
  metadata#1:meta.ObjectMeta webhooks#2:[MutatingWebhook]<name>~name
NamedRuleWithOperations
  apiGroups:[s] apiVersions:[s] operations#2.1:[s] resourceNames#1:[s] resources:[s] scope:s
ParamKind
  apiVersion#1:s kind#2:s
ParamRef
  name#1:s namespace#2:s parameterNotFoundAction#4:s selector#3:meta.LabelSelector^
RuleWithOperations
  apiGroups#2.1:[s] apiVersions#2.2:[s] operations#1:[s] resources#2.3:[s] scope#2.4:s
ServiceReference
  name!#2:s namespace!#1:s path#3:s port#4:i
TypeChecking
  expressionWarnings#1:[ExpressionWarning]
ValidatingAdmissionPolicy
  metadata#1:meta.ObjectMeta spec#2:ValidatingAdmissionPolicySpec status#3:ValidatingAdmissionPolicyStatus
ValidatingAdmissionPolicyBinding
  metadata#1:meta.ObjectMeta spec#2:ValidatingAdmissionPolicyBindingSpec
ValidatingAdmissionPolicyBindingSpec
  matchResources#3:MatchResources^ paramRef#2:ParamRef^ policyName#1:s validationActions#4:[s]<*>
ValidatingAdmissionPolicySpec
  auditAnnotations#5:[AuditAnnotation] failurePolicy#4:s matchConditions#6:[MatchCondition]<name>~name
  matchConstraints#2:MatchResources^ paramKind#1:ParamKind^ validations#3:[Validation]
  variables#7:[Variable^]<name>~name
ValidatingAdmissionPolicyStatus
  conditions#3:[meta.Condition]<type> observedGeneration#1:l typeChecking#2:TypeChecking
ValidatingWebhook
  admissionReviewVersions!#8:[s] clientConfig!#2:WebhookClientConfig failurePolicy#4:s
  matchConditions#11:[MatchCondition]<name>~name matchPolicy#9:s name!#1:s namespaceSelector#5:meta.LabelSelector^
  objectSelector#10:meta.LabelSelector^ rules#3:[RuleWithOperations] sideEffects!#6:s timeoutSeconds#7:i
ValidatingWebhookConfiguration
  metadata#1:meta.ObjectMeta webhooks#2:[ValidatingWebhook]<name>~name
Validation
  expression!#1:s message#2:s messageExpression#4:s reason#3:s
Variable
  expression!#2:s name!#1:s
WebhookClientConfig
  caBundle#2:B service#1:ServiceReference url#3:s
`;

export const apiextensionsTypes = `
CustomResourceColumnDefinition
  description:s format:s jsonPath!:s name!:s priority:i type!:s
CustomResourceConversion
  strategy!:s webhook:WebhookConversion
CustomResourceDefinition
  metadata:meta.ObjectMeta spec!:CustomResourceDefinitionSpec status:CustomResourceDefinitionStatus
CustomResourceDefinitionCondition
  lastTransitionTime:t message:s reason:s status!:s type!:s
CustomResourceDefinitionNames
  categories:[s] kind!:s listKind:s plural!:s shortNames:[s] singular:s
CustomResourceDefinitionSpec
  conversion:CustomResourceConversion group!:s names!:CustomResourceDefinitionNames preserveUnknownFields:b
  scope!:s versions!:[CustomResourceDefinitionVersion]
CustomResourceDefinitionStatus
  acceptedNames:CustomResourceDefinitionNames conditions:[CustomResourceDefinitionCondition]<type>
  storedVersions:[s]
CustomResourceDefinitionVersion
  additionalPrinterColumns:[CustomResourceColumnDefinition] deprecated:b deprecationWarning:s name!:s
  schema:CustomResourceValidation selectableFields:[SelectableField] served!:b storage!:b
  subresources:CustomResourceSubresources
CustomResourceSubresourceScale
  labelSelectorPath:s specReplicasPath!:s statusReplicasPath!:s
CustomResourceSubresourceStatus
  -
CustomResourceSubresources
  scale:CustomResourceSubresourceScale status:CustomResourceSubresourceStatus
CustomResourceValidation
  openAPIV3Schema:o
SelectableField
  jsonPath!:s
ServiceReference
  name!:s namespace!:s path:s port:i
WebhookClientConfig
  caBundle:B service:ServiceReference url:s
WebhookConversion
  clientConfig:WebhookClientConfig conversionReviewVersions!:[s]
`;
