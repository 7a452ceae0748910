# Sourced by the acceptance runs: a node to kill, a folder to work in, foreign jars, and a count of checks.
# Wants: here (the folder of this file), port. Gives: work, at, cache, and the functions below.
root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
cache=${XDG_CACHE_HOME:-$HOME/.cache}/millrace-acceptance; mkdir -p "$cache"
work=$(mktemp -d); at=127.0.0.1:$port; passed=0; failed=0; server=; children=
data=$work/data; settings=()
clean_up() {
  for one in $server $children; do kill -9 "$one" 2>/dev/null && wait "$one" 2>/dev/null || true; done
  [ -z "${when_done:-}" ] || "$when_done"
  if [ -n "${KEEP:-}" ] || [ "$failed" != 0 ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap clean_up EXIT
need() { for tool in "$@"; do command -v "$tool" >/dev/null || { echo "${0##*/}: $tool is missing: install it" >&2; exit 2; }; done; }

start() { # the node, until it serves
  : >"$work/out"
  MILLRACE_BUILD=${MILLRACE_BUILD:-} "${MILLRACE:-$root/millrace}" server --data "$data" --listen "$at" --http "${http:-127.0.0.1:0}" \
    --set group.initial.rebalance.delay.ms=0 "${settings[@]}" >"$work/out" 2>>"$work/err" & server=$!
  until grep -q '^ready ' "$work/out"; do kill -0 "$server" 2>/dev/null || { tail -20 "$work/err"; exit 1; }; sleep 0.1; done
  export MILLRACE_BUILD=never # what runs now stays, whatever is edited meanwhile
}
kill_node() { kill -9 "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
topic() { "${MILLRACE:-$root/millrace}" topic create "$1" --partitions "$2" --bootstrap "$at" >/dev/null; }
report() { if [ "$2" = 0 ]; then passed=$((passed+1)); echo "ok      $1"; else failed=$((failed+1)); echo "FAILED  $1"; fi; }
finish() { echo "${0##*/}: $passed passed, $failed failed"; [ "$failed" = 0 ]; }

jars() { # NAME POM MARK: the jars of a foreign application, from Maven Central, once
  [ -n "$(ls "$cache/$1/"$3 2>/dev/null)" ] || mvn -q -B -f "$here/$2" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$cache/$1" >/dev/null
}
app() { # MEMORY CLASSPATH CLASS ARGUMENTS: a small JVM; exec, so that its id is the one to kill
  local memory=$1 path=$2; shift 2
  exec "$JAVA_HOME/bin/java" "-Xmx$memory" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$path" "$@"
}
lines() { if [ -f "$1" ]; then wc -l <"$1"; else echo 0; fi; }
wait_lines() { # FILE COUNT PID: until the file has so many lines, or the process has ended
  until [ "$(lines "$1")" -ge "$2" ] || ! kill -0 "$3" 2>/dev/null; do sleep 0.1; done
}
