step_archive() {
  # Output of a delete workflow is not delivered.
  echo 'not: delivered' >"$OUTPUT/archived.yaml"
  echo "Environment $(field status.environment.namespace unknown) of team $(require spec.team) goes away"
}
