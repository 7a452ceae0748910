#!/usr/bin/env bash
# Kafka's own share consumer against a node: accept, release, reject, renew, redelivery, kill -9 of the node, offsets administration.
# usage: share.sh       needs: Maven; builds nothing of Millrace
# env: PORT (19292)   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
command -v mvn >/dev/null || { echo "share.sh: mvn is missing: install it (Debian: maven)" >&2; exit 2; }
cache=${XDG_CACHE_HOME:-$HOME/.cache}/millrace-acceptance; mkdir -p "$cache"
work=$(mktemp -d); port=${PORT:-19292}; at=127.0.0.1:$port
cleanup() { [ -z "${server:-}" ] || kill -9 "$server" 2>/dev/null || true; [ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"; }
trap cleanup EXIT
start() {
  ${MILLRACE:-$root/millrace} server --data "$work/data" --listen "$at" --http 127.0.0.1:0 >"$work/out" 2>>"$work/err" & server=$!
  until grep -q '^ready ' "$work/out"; do kill -0 "$server" 2>/dev/null || { cat "$work/err"; exit 1; }; sleep 0.05; done
}
[ -f "$cache/lib/kafka-clients-4.3.0.jar" ] || mvn -q -B -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$cache/lib" >/dev/null
consume() { "$JAVA_HOME/bin/java" -Xmx256m -XX:TieredStopAtLevel=1 -cp "$cache/lib/*" "$here/ShareConsumers.java" "$at" "$1" 2>>"$work/err"; }

start
consume before
kill -9 "$server"; wait "$server" 2>/dev/null || true
start
consume after
echo "share: all as Kafka's share consumer expects"
