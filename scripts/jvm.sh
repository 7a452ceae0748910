# Sourced: how the JVM of a node, and that of a command, is run. The figures behind it are in
# docs/decisions/0080-launcher.md.

# Sets jvm_kind to what the user's arguments start: server for a node that is alone, member for a
# node of a cluster, or a command's name. The two load so many other classes that one cache for both
# would cost the first a third more memory.
jvm_kind_of() {
  jvm_kind=${1:-}
  [ "$jvm_kind" = server ] || return 0
  jvm_before=
  for jvm_word in "$@"; do
    case $jvm_before$jvm_word in
      *controller.quorum.*=*) jvm_kind=member ;;
      --config=*) jvm_of_cluster "${jvm_word#--config=}" ;;
      --config*) [ -z "$jvm_before" ] || jvm_of_cluster "$jvm_word" ;;
    esac
    jvm_before=
    [ "$jvm_word" != --config ] || jvm_before=$jvm_word
  done
}

# Whether a file with settings is that of a cluster's node.
jvm_of_cluster() {
  if grep -qs '^[[:space:]]*controller\.quorum\.' "$1"; then
    jvm_kind=member
  fi
}

# Prints the options for a kind of start (server, member, or any other); words without spaces.
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
    server | member) echo "-Xms32m -XX:MaxInlineLevel=6 -XX:FreqInlineSize=80" ;;
    *) echo "-Xms16m -XX:TieredStopAtLevel=1" ;;
  esac
}

# Prints the start-up cache in folder $1 for the kind of start $2.
jvm_cache() {
  case $2 in
    server) echo "$1/node.aot" ;;
    member) echo "$1/member.aot" ;;
    *) echo "$1/commands.aot" ;;
  esac
}

# Becomes Millrace: JAVA_HOME, the folder with its jars and caches, then the user's arguments.
run_millrace() {
  jvm_java=$1/bin/java
  jvm_lib=$2
  shift 2
  jvm_kind_of "$@"
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
