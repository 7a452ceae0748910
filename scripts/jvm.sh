# Sourced: how the JVM of a node, and that of a command, is run. The figures behind it are in
# docs/decisions/0080-launcher.md.

# Prints the options for $2 (server, or any other command) of the build in folder $1.
jvm_options() {
  echo "-XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError"
  echo "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
  case $2 in
    server)
      echo "-Xms32m -XX:MaxRAMPercentage=50"
      jvm_cache=$1/node.aot
      ;;
    *)
      echo "-Xms16m -XX:TieredStopAtLevel=1"
      jvm_cache=$1/commands.aot
      ;;
  esac
  if [ -f "$jvm_cache" ]; then
    echo "-XX:AOTCache=$jvm_cache -Xlog:aot*=off"
  fi
}
