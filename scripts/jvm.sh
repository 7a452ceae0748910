# Sourced: how the JVM of a node is run. docs/decisions/0080-launcher.md has the figures.

# Prints the options for the build in folder $1.
jvm_options() {
  echo "-XX:+UseSerialGC -Xms32m -XX:MaxRAMPercentage=50 -XX:TieredStopAtLevel=4 -Xshare:auto"
  echo "-XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
  if [ -f "$1/millrace.aot" ]; then
    echo "-XX:AOTCache=$1/millrace.aot -Xlog:aot*=off -Xlog:cds*=off"
  fi
}
