step_retire() {
  # Output of a delete workflow is not delivered.
  echo 'not: delivered' >"$OUTPUT/retired.yaml"
  echo "Promise $KRATIX_PROMISE_NAME is being retired"
}
