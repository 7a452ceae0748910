#!/usr/bin/env bash
# The main job on real input: Debian's package index through kcat, the Java client and kafkajs, and a broker that is killed on the way.
# usage: packages.sh          needs: kcat, apt-cache, node with npm, python3, Maven; builds nothing of Millrace
# env: RECORDS (all)  how many packages   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
for tool in kcat apt-cache node npm python3 mvn; do
  command -v "$tool" >/dev/null || { echo "packages.sh: $tool is missing: install it (Debian: kcat, apt, nodejs, npm, python3, maven)" >&2; exit 2; }
done
cache=${XDG_CACHE_HOME:-$HOME/.cache}/millrace-acceptance; mkdir -p "$cache"
work=$(mktemp -d); port=${PORT:-19092}; at=127.0.0.1:$port; passed=0; failed=0
cleanup() { [ -z "${server:-}" ] || kill -9 "$server" 2>/dev/null || true; [ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"; }
trap cleanup EXIT
java25() { "$root/dev" java "$@"; }
start() {
  "$root/millrace" server --data "$work/data" --listen "$at" --http 127.0.0.1:0 --set group.initial.rebalance.delay.ms=500 >"$work/out" 2>>"$work/err" & server=$!
  until grep -q '^ready ' "$work/out"; do kill -0 "$server" 2>/dev/null || { cat "$work/err"; exit 1; }; sleep 0.05; done
}
report() { if [ "$2" = 0 ]; then passed=$((passed+1)); echo "ok      $1"; else failed=$((failed+1)); echo "FAILED  $1"; fi; }
check() { local code=0; python3 "$here/check.py" "$2" "$3" || code=$?; report "$1" "$code"; }

[ -f "$cache/lib/kafka-clients-4.3.0.jar" ] || mvn -q -B -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$cache/lib" >/dev/null
[ -d "$cache/node_modules/kafkajs" ] || npm install --silent --no-save --prefix "$cache" kafkajs@2.2.4 >/dev/null

# one line a package: name TAB sequence|stanza; the first 20000 come a second time, so that keys have an order to keep
apt-cache dumpavail | python3 -c '
import sys
limit = int(sys.argv[1]) if sys.argv[1] else None
stanzas = [s for s in sys.stdin.read().split("\n\n") if s.startswith("Package: ")][:limit]
stanzas += stanzas[:20000]
for n, s in enumerate(stanzas):
    print(s.split("\n", 1)[0][9:], f"{n}|" + s.replace("\t", " ").replace("\n", "\x1f"), sep="\t")
' "${RECORDS:-}" > "$work/written"
records=$(wc -l < "$work/written"); echo "records: $records, $(du -m "$work/written" | cut -f1) MB"

start
"$root/millrace" topic create packages --partitions 6 --bootstrap "$at" >/dev/null
kcat -P -b "$at" -t packages -K '	' -X acks=all -X enable.idempotence=true -l "$work/written"; report "kcat writes" $?
kcat -C -b "$at" -t packages -o beginning -e -q -f '%p\t%o\t%k\t%s\n' > "$work/kcat"; check "kcat reads the same" "$work/written" "$work/kcat"
java25 -cp "$cache/lib/*" "$here/GroupReader.java" "$at" packages java-group "$records" > "$work/java" 2>"$work/java.err"; check "three Java members, 3 to 1 to 3" "$work/written" "$work/java"
NODE_PATH="$cache/node_modules" node "$here/read.js" "$at" packages js-group "$records" > "$work/js"; check "kafkajs reads the same" "$work/written" "$work/js"

"$root/millrace" topic create killed --partitions 6 --bootstrap "$at" >/dev/null
(java25 -cp "$cache/lib/*" "$here/Writer.java" "$at" killed < "$work/written" 2>"$work/writer") & writer=$!
for round in 1 2 3; do
  until [ "$(grep -c '^acknowledged' "$work/writer" || true)" -ge $((round * 3)) ] || ! kill -0 "$writer" 2>/dev/null; do sleep 0.02; done
  kill -9 "$server"; wait "$server" 2>/dev/null || true; start; echo "        killed and restarted at: $(tail -n 1 "$work/writer")"
done
code=0; wait "$writer" || code=$?; report "idempotent writer over three kill -9" "$code"
kcat -C -b "$at" -t killed -o beginning -e -q -f '%p\t%o\t%k\t%s\n' > "$work/killed"; check "nothing lost, nothing twice" "$work/written" "$work/killed"
kcat -C -b "$at" -t packages -o beginning -e -q -f '%p\t%o\t%k\t%s\n' > "$work/again"; check "the first topic is still whole" "$work/written" "$work/again"
kill -TERM "$server"; code=0; wait "$server" || code=$?; server=; report "SIGTERM ends with 0" "$code"
echo "acceptance: $passed passed, $failed failed"
[ "$failed" = 0 ]
