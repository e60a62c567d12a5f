# Written once for all requests: what every stage offers to the teams.

step_shared_roles() {
  cat >"$OUTPUT/roles.yaml" <<YAML
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: environment-debugger
  labels:
    app.kubernetes.io/part-of: $KRATIX_PROMISE_NAME
rules:
  - apiGroups: [""]
    resources: [pods/exec, pods/portforward]
    verbs: [create]
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: environment-database
  labels:
    app.kubernetes.io/part-of: $KRATIX_PROMISE_NAME
value: 1000
description: Databases of application environments
YAML
  echo "Wrote the roles that all environments share"
}
