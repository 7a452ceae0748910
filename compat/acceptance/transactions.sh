#!/usr/bin/env bash
# Consume, transform, produce in transactions while broker and application are killed: the output is exactly the function of the input.
# usage: transactions.sh       needs: kcat, python3, Maven; builds nothing of Millrace
# env: RECORDS (20000)  KILLS (6) how many kill -9, of the broker and of the application by turns   PORT (19192)   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
for tool in kcat python3 mvn; do
  command -v "$tool" >/dev/null || { echo "transactions.sh: $tool is missing: install it (Debian: kcat, python3, maven)" >&2; exit 2; }
done
cache=${XDG_CACHE_HOME:-$HOME/.cache}/millrace-acceptance; mkdir -p "$cache"
work=$(mktemp -d); port=${PORT:-19192}; at=127.0.0.1:$port; records=${RECORDS:-20000}; kills=${KILLS:-6}
cleanup() { for one in ${server:-} ${app:-}; do kill -9 "$one" 2>/dev/null || true; done; [ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"; }
trap cleanup EXIT
start() {
  ${MILLRACE:-$root/millrace} server --data "$work/data" --listen "$at" --http 127.0.0.1:0 --set group.initial.rebalance.delay.ms=0 --set num.partitions=3 >"$work/out" 2>>"$work/err" & server=$!
  until grep -q '^ready ' "$work/out"; do kill -0 "$server" 2>/dev/null || { cat "$work/err"; exit 1; }; sleep 0.05; done
}
application() { exec "$JAVA_HOME/bin/java" -Xmx256m -XX:TieredStopAtLevel=1 -cp "$work/classes:$cache/lib/*" Transformer "$at" app "$@"; }
[ -f "$cache/lib/kafka-clients-4.3.0.jar" ] || mvn -q -B -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$cache/lib" >/dev/null
"$JAVA_HOME/bin/javac" -nowarn -d "$work/classes" -cp "$cache/lib/*" "$here/Transformer.java"

start
kcat -L -b "$at" -t in >/dev/null; kcat -L -b "$at" -t out >/dev/null
seq 1 "$records" > "$work/in"
kcat -P -b "$at" -t in -X acks=all -X enable.idempotence=true -l "$work/in"

work_off() { local code=3; while [ "$code" != 0 ]; do code=0; application 2>>"$work/app" & app=$!; echo "$app" >"$work/pid"; wait "$app" || code=$?; done; }
work_off & loop=$!
pause() { python3 -c 'import random,time; time.sleep(random.uniform(0.3, 2.5))'; }
for ((i = 0; i < kills; i++)); do
  pause; kill -0 "$loop" 2>/dev/null || break
  if ((i % 2)); then kill -9 "$(cat "$work/pid")" 2>/dev/null || true; echo "        application killed"
  else kill -9 "$server"; wait "$server" 2>/dev/null || true; start; echo "        broker killed and restarted"; fi
done
wait "$loop"
(application read) > "$work/read" 2>"$work/read.err"
python3 - "$work/in" "$work/read" <<'PY'
import sys, collections
wanted = collections.Counter(2 * int(line) for line in open(sys.argv[1]))
rows = [line.split("\t") for line in open(sys.argv[2])]
seen = collections.Counter(int(value) for _, value in rows)
parts = collections.defaultdict(list)
for part, value in rows: parts[part].append(int(value))
unordered = [part for part, values in parts.items() if values != sorted(values)]
lost, more = wanted - seen, seen - wanted
print(f"transactions: {sum(wanted.values())} read, {sum(seen.values())} written, {sum(lost.values())} lost, {sum(more.values())} too many, {len(unordered)} partitions out of order")
sys.exit(bool(lost or more or unordered))
PY
