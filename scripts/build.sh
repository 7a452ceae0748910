#!/bin/sh
# Builds what ./millrace runs: server/target/dist/lib with the jars and the start-up caches.
#   build.sh           builds when there is no build or a source is newer than it
#   build.sh again     builds always
# dist is a link to the newest folder in server/target/builds, so nodes that run keep theirs; the
# one before it stays, older ones go. Two builds at once wait for each other.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
target=$root/server/target
. "$root/scripts/jdk.sh"
. "$root/scripts/jvm.sh"
. "$root/scripts/caches.sh"
. "$root/scripts/fresh.sh"
find_jdk

# Ends the script: there is no way to build. An older build is good enough to run.
cannot_build() {
  if [ -f "$target/dist/built" ] && [ "$1" != again ]; then
    echo "millrace: sources are newer than the build, which is used all the same: $2" >&2
    exit 0
  fi
  echo "millrace: can't build: $2" >&2
  exit 1
}
if [ "${1:-}" != again ] && is_fresh "$root"; then
  exit 0
fi
command -v mvn >/dev/null 2>&1 \
  || cannot_build "${1:-}" "mvn is not on the PATH; install Maven 3.8 or newer"
{ mkdir -p "$target/builds" 2>/dev/null && [ -w "$target/builds" ]; } \
  || cannot_build "${1:-}" "$target can't be written"

if command -v flock >/dev/null 2>&1 && [ -z "${MILLRACE_BUILD_LOCKED:-}" ]; then
  MILLRACE_BUILD_LOCKED=1 exec flock "$target/build.lock" "$0" "$@"
fi

echo "millrace: building (a few minutes the first time) ..."
build=$(mktemp -d "$target/builds/$(date +%Y%m%d-%H%M%S)-XXXX")
trap 'rm -rf "$build"' EXIT
trap 'exit 1' INT TERM
touch "$build/built" # its time is when the sources began to be read
rm -rf "$target/lib"
# the checks are the gate's, they would double the time
(cd "$root" && mvn -B -ntp -q -pl server -am -Dmaven.test.skip=true -Dchecks=-g package)
cp -Rp "$target/lib" "$build/lib"
for jar in "$build"/lib/picocli-*.jar; do # published for Java 5
  "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 "$root/scripts/NewerClasses.java" "$jar"
done
make_caches "$JAVA_HOME" "$build/lib"
chmod 755 "$build"

previous=$(readlink "$target/dist" || true)
[ -L "$target/dist" ] || rm -rf "$target/dist"
ln -sfn "builds/${build##*/}" "$target/dist"
trap - EXIT
for old in "$target"/builds/*; do
  case $old in
    "$build" | "$target/$previous") ;;
    *) rm -rf "$old" ;;
  esac
done
