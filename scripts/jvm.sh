# Sourced: how the JVM of a node, and that of a command, is run. The figures behind it are in
# docs/decisions/0080-launcher.md.

# Prints the kind of JVM for a command line: server, cluster for a node among others, or commands. A
# node of a cluster needs a thousand classes more; a cache that has them costs a single node memory
# and time (docs/decisions/0250-*).
jvm_kind() {
  if [ "${1:-}" != server ]; then
    echo commands
    return
  fi
  kind=server
  kind_before=
  for kind_word in "$@"; do
    case $kind_before$kind_word in
      --set\ controller.quorum.* | --set=controller.quorum.*) kind=cluster ;;
      --config\ *) if grep -qs '^ *controller\.quorum\.' "$kind_word"; then kind=cluster; fi ;;
      --config=*) if grep -qs '^ *controller\.quorum\.' "${kind_word#*=}"; then kind=cluster; fi ;;
    esac
    kind_before="$kind_word "
  done
  echo "$kind"
}

# Prints the options for a JVM of kind $1; words without spaces.
jvm_options() {
  case " ${MILLRACE_OPTS:-} " in
    *" -XX:+Use"*"GC "*) ;;
    *) echo "-XX:+UseSerialGC" ;;
  esac
  echo "-XX:+ExitOnOutOfMemoryError -XX:-UsePerfData"
  echo "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
  # The compiler takes a whole chain of calls again for each of its callers if it may, which costs a
  # young node more than the work itself; smaller pieces are as fast (docs/decisions/0140-*).
  case $1 in
    server | cluster) echo "-Xms32m -XX:MaxInlineLevel=6 -XX:FreqInlineSize=80" ;;
    *) echo "-Xms16m -XX:TieredStopAtLevel=1" ;;
  esac
}

# Prints the start-up cache in folder $1 for a JVM of kind $2.
jvm_cache() {
  case $2 in
    server) echo "$1/node.aot" ;;
    cluster) echo "$1/cluster.aot" ;;
    *) echo "$1/commands.aot" ;;
  esac
}

# Becomes Millrace: JAVA_HOME, the folder with its jars and caches, then the user's arguments.
run_millrace() {
  jvm_java=$1/bin/java
  jvm_lib=$2
  shift 2
  jvm_kind=$(jvm_kind "$@")
  jvm_aot=$(jvm_cache "$jvm_lib" "$jvm_kind")
  [ -f "$jvm_aot" ] || jvm_aot=
  jvm_native=$jvm_lib/native
  [ -d "$jvm_native" ] || jvm_native=
  set -f # the options are words, none of them a pattern for file names
  # shellcheck disable=SC2046,SC2086
  exec "$jvm_java" $(jvm_options "$jvm_kind") \
    ${jvm_aot:+"-XX:AOTCache=$jvm_aot"} ${jvm_aot:+"-Xlog:aot*=off"} \
    ${jvm_native:+"-Djava.library.path=$jvm_native"} \
    ${jvm_native:+"-Dorg.xerial.snappy.lib.path=$jvm_native"} \
    ${MILLRACE_OPTS:-} -jar "$jvm_lib/millrace-server.jar" "$@"
}
