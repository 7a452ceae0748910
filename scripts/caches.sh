# Sourced after jvm.sh: makes the start-up caches (JEP 483, 514). They more than halve a start;
# without them everything works, only slower.

# Trains on the jars in folder $2 with the JVM of JAVA_HOME $1; the caches lie beside the jars.
make_caches() {
  make_cache "$1" "$2" server
  make_cache "$1" "$2" member
  make_cache "$1" "$2" commands
}

# One cache: JAVA_HOME, folder, server, member or commands, more options. Records and dumps in two steps,
# because the one-step form hands the options to its child in a way that paths with spaces break.
make_cache() {
  cache_java=$1/bin/java
  cache_lib=$2
  cache_kind=$3
  shift 3
  cache_file=$(jvm_cache "$cache_lib" "$cache_kind")
  cache_log=$cache_lib/$cache_kind-warm-up.log
  if ! train record "$@" >"$cache_log" 2>&1 || ! train create "$@" >>"$cache_log" 2>&1 \
    || [ ! -s "$cache_file.new" ]; then
    echo "millrace: no start-up cache was made for $cache_kind, see $cache_log" >&2
    rm -f "$cache_file.new" "$cache_file.training"
    return 0
  fi
  rm -f "$cache_file.training" "$cache_log"
  mv "$cache_file.new" "$cache_file"
}

# A run of the JVM with what a later start will have, so that the cache fits it.
train() (
  case $1 in
    record) set -- "$@" ;;
    create) set -- "$@" "-XX:AOTCache=$cache_file.new" ;;
  esac
  mode=$1
  shift
  unset MILLRACE_OPTS
  set -f
  # shellcheck disable=SC2046
  "$cache_java" $(jvm_options "$cache_kind") "$@" \
    "-XX:AOTMode=$mode" "-XX:AOTConfiguration=$cache_file.training" \
    "-XX:ErrorFile=$cache_lib/$cache_kind-error.log" \
    -jar "$cache_lib/millrace-server.jar" warm-up "$cache_kind"
)
