#!/bin/sh
# Builds what ./millrace runs into server/target/dist: lib/*.jar, millrace.aot and the mark "built".
# Two builds at once wait for each other.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
dist=$root/server/target/dist
. "$root/scripts/jdk.sh"
. "$root/scripts/jvm.sh"
find_jdk

if ! command -v mvn >/dev/null 2>&1; then
  echo "millrace: Maven is needed to build and mvn is not on the PATH; install Maven 3.8 or newer" >&2
  exit 1
fi

if command -v flock >/dev/null 2>&1 && [ -z "${MILLRACE_BUILD_LOCKED:-}" ]; then
  mkdir -p "$root/server/target"
  MILLRACE_BUILD_LOCKED=1 exec flock "$root/server/target/build.lock" "$0" "$@"
fi
if [ -f "$dist/built" ] && [ "${1:-}" != again ]; then
  exit 0
fi

echo "millrace: building (a few minutes the first time) ..."
rm -rf "$dist"
(cd "$root" && mvn -B -ntp -q -pl server -am -DskipTests package)

# Ahead-of-time caches halve the start (JEP 514). Without them everything works, only slower.
# Linking classes ahead makes the JDK 25 dump of the commands' cache abort, so they do without.
warm_up() {
  kind=$1
  shift
  if ! "$JAVA_HOME/bin/java" $(jvm_options "$dist" "$kind") "$@" -Xlog:aot*=off \
    -XX:ErrorFile="$dist/$kind-error.log" -XX:AOTCacheOutput="$dist/warm-up.aot" \
    -jar "$dist/lib/millrace-server.jar" warm-up "$kind" >"$dist/$kind-warm-up.log" 2>&1 \
    || [ ! -s "$dist/warm-up.aot" ]; then
    echo "millrace: no start-up cache was made, see $dist/$kind-warm-up.log"
    rm -f "$dist/warm-up.aot"
    return 0
  fi
  case $kind in
    server) mv "$dist/warm-up.aot" "$dist/node.aot" ;;
    *) mv "$dist/warm-up.aot" "$dist/commands.aot" ;;
  esac
}
warm_up server
warm_up commands -XX:-AOTClassLinking
touch "$dist/built"
