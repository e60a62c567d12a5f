# placed_on_stage [LABEL…]: chooses the destination by the request's stage, and by more labels, given as "key: value".
placed_on_stage() {
  {
    echo "- matchLabels:"
    echo "    environment: $(field spec.stage dev)"
    for label in "$@"; do echo "    $label"; done
  } >"$METADATA/destination-selectors.yaml"
}

step_describe() {
  team=$(require spec.team)
  namespace=$team-$KRATIX_OBJECT_NAME
  id=$(printf '%s/%s' "$ENVIRONMENT_SEED" "$namespace" | sha256sum | cut -c1-12)
  printf 'namespace=%s\n' "$namespace" >"$NOTES/environment"

  cat >"$OUTPUT/namespace.yaml" <<YAML
apiVersion: v1
kind: Namespace
metadata:
  name: $namespace
  labels:
    example.kratix-ts.dev/team: $team
    example.kratix-ts.dev/stage: $(field spec.stage dev)
YAML
  cat >"$OUTPUT/limits.yaml" <<YAML
apiVersion: v1
kind: ResourceQuota
metadata:
  name: limits
  namespace: $namespace
spec:
  hard:
    limits.cpu: "0"
    limits.memory: "0"
YAML
  bind edit >"$OUTPUT/access.yaml"
  bind environment-debugger >"$OUTPUT/debug-access.yaml"
  cat >"$METADATA/status.yaml" <<YAML
environment:
  id: "$id"
  namespace: $namespace
YAML
  echo "Described environment $namespace"
}

# bind ROLE: lets the team use a ClusterRole in its namespace.
bind() {
  cat <<YAML
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: team-$1
  namespace: $namespace
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: $1
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: $team
YAML
}

# Changes a document of the container before.
step_set_limits() {
  size=$(field spec.size small)
  prefix=$(printf '%s' "$size" | tr '[:lower:]' '[:upper:]')
  eval "cpu=\${${prefix}_CPU:?} memory=\${${prefix}_MEMORY:?}"
  sed -e "s/limits.cpu: .*/limits.cpu: \"$cpu\"/" -e "s/limits.memory: .*/limits.memory: $memory/" \
    "$OUTPUT/limits.yaml" >"$NOTES/limits.yaml"
  cat "$NOTES/limits.yaml" >"$OUTPUT/limits.yaml"
  echo "Size $size: $cpu CPUs, $memory"
}

# Removes a document of an earlier container: nobody debugs in production.
step_guard_production() {
  . "$NOTES/environment"
  if [ "$(field spec.stage dev)" = prod ]; then
    rm "$OUTPUT/debug-access.yaml"
    cat >"$OUTPUT/network.yaml" <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: same-namespace-only
  namespace: $namespace
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector: {}
YAML
    echo "Production: no debugging, no traffic from other namespaces"
  fi
  placed_on_stage
}

# A rule that the schema cannot say in words that help: the last line tells the requester what to do.
guard_storage() {
  if [ "$(field spec.stage dev)" = dev ] && [ "$storage" -gt "$DEV_STORAGE_GIB" ]; then
    echo "A database for development gets $DEV_STORAGE_GIB GiB at most, and this request asks for $storage: lower the database storage." >&2
    exit 1
  fi
}

# Reads what the pipeline before left in the status.
step_write_database() {
  namespace=$(require status.environment.namespace)
  database=$(field spec.database none)
  storage=$(field spec.storageGiB 10)
  [ "$database" = none ] || guard_storage
  case $database in
    mariadb) image=$MARIADB_IMAGE port=3306 variable=MARIADB_ROOT_PASSWORD data=/var/lib/mysql ;;
    *) image=$POSTGRESQL_IMAGE port=5432 variable=POSTGRES_PASSWORD data=/var/lib/postgresql/data ;;
  esac
  cat >"$OUTPUT/database.yaml" <<YAML
apiVersion: v1
kind: Service
metadata:
  name: database
  namespace: $namespace
spec:
  selector:
    app.kubernetes.io/name: database
  ports:
    - port: $port
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: database
  namespace: $namespace
spec:
  serviceName: database
  selector:
    matchLabels:
      app.kubernetes.io/name: database
  template:
    metadata:
      labels:
        app.kubernetes.io/name: database
    spec:
      priorityClassName: environment-database
      containers:
        - name: database
          image: $image
          ports:
            - containerPort: $port
          env:
            # The platform's secret manager puts this Secret into the namespace.
            - name: $variable
              valueFrom:
                secretKeyRef:
                  name: database-admin
                  key: password
          volumeMounts:
            - name: data
              mountPath: $data
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: ${storage}Gi
YAML
  cat >"$OUTPUT/settings.yaml" <<YAML
apiVersion: v1
kind: ConfigMap
metadata:
  name: environment
  namespace: $namespace
data:
  ENVIRONMENT_ID: "$(require status.environment.id)"
  DATABASE_HOST: database.$namespace.svc
  DATABASE_PORT: "$port"
YAML
  echo "Wrote a database of kind $database"
}

step_drop_unwanted() {
  namespace=$(require status.environment.namespace)
  if [ "$(field spec.database none)" = none ]; then
    rm "$OUTPUT/database.yaml"
    sed '/DATABASE_/d' "$OUTPUT/settings.yaml" >"$METADATA/settings"
    cat "$METADATA/settings" >"$OUTPUT/settings.yaml"
    rm "$METADATA/settings"
    placed_on_stage
    echo "message: Environment $namespace is there" >"$METADATA/status.yaml"
    echo "No database wanted"
  else
    placed_on_stage 'databases: "true"'
    cat >"$METADATA/status.yaml" <<YAML
message: Environment $namespace is there, with a database
database:
  host: database.$namespace.svc
YAML
  fi
}
