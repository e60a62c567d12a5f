# Reads /kratix/input/object.yaml.

# field PATH [DEFAULT]: the plain value at a dotted path, such as spec.team; the default where there is none.
field() {
  value=$(awk -v wanted="$1" '
    /^ *[^ #-][^:]*:/ {
      indent = match($0, /[^ ]/) - 1
      while (depth > 0 && indents[depth] >= indent) depth--
      key = $0; sub(/^ */, "", key); sub(/:.*/, "", key); gsub(/^["\047]|["\047]$/, "", key)
      indents[++depth] = indent
      names[depth] = depth > 1 ? names[depth - 1] "." key : key
      if (names[depth] == wanted) {
        value = $0; sub(/^[^:]*: */, "", value); gsub(/^["\047]|["\047]$/, "", value)
        print value
        exit
      }
    }' "$INPUT/object.yaml")
  printf '%s\n' "${value:-${2:-}}"
}

# require PATH: like field, and ends the container with a sentence where there is no value.
require() {
  value=$(field "$1")
  if [ -z "$value" ]; then
    echo "object.yaml of $KRATIX_OBJECT_KIND $KRATIX_OBJECT_NAME has no $1" >&2
    exit 1
  fi
  printf '%s\n' "$value"
}
