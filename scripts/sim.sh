#!/bin/sh
# The simulated cluster: builds the room and runs seeds; `./dev sim` says how.
#   MILLRACE_SIM_BUILT  anything: the room was built already
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/jdk.sh"
find_jdk
if [ -z "${MILLRACE_SIM_BUILT:-}" ]; then
  command -v mvn >/dev/null 2>&1 || { echo "sim: mvn is not on the PATH; install Maven 3.8 or newer" >&2; exit 1; }
  (cd "$root" && mvn -B -ntp -q -pl sim -am -Dmaven.test.skip=true -Dchecks=-g package >&2)
fi
exec "$JAVA_HOME/bin/java" -Xmx1g -XX:+UseSerialGC -ea --enable-native-access=ALL-UNNAMED \
  -cp "$root/sim/target/classes:$root/sim/target/lib/*" dev.millrace.sim.Main "$@"
