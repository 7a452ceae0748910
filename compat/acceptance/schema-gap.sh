#!/usr/bin/env bash
# How long registrations wait when the node that writes is killed: three processes, kill -9 of the one that leads _schemas, again and again, while schemas
# are registered through all of them. Any node takes a registration; the one that leads the partition writes it.
# usage: schema-gap.sh [KILLS]       10 without it
# env: PORT (19792; three brokers, controllers 100 above, HTTP 200 above)   KEEP=1   GAP_MAX_MS (2000): more than this through any node fails the run
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
kills=${1:-10}; port=${PORT:-19792}; work=$(mktemp -d); declare -A pids; load=
voters="1@127.0.0.1:$((port + 100)),2@127.0.0.1:$((port + 101)),3@127.0.0.1:$((port + 102))"
urls="http://127.0.0.1:$((port + 200)),http://127.0.0.1:$((port + 201)),http://127.0.0.1:$((port + 202))"
cleanup() {
  for pid in "${pids[@]}" $load; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  [ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"
}
trap cleanup EXIT
begin() {
  : >"$work/out$1"
  ${MILLRACE:-$root/millrace} server --set node.id="$1" --set process.roles=broker,controller --set controller.quorum.voters="$voters" \
    --set listeners="PLAINTEXT://127.0.0.1:$((port + $1 - 1)),CONTROLLER://127.0.0.1:$((port + 99 + $1))" \
    --http "127.0.0.1:$((port + 199 + $1))" --data "$work/data$1" >"$work/out$1" 2>>"$work/err$1" 9>&- & pids[$1]=$!
}
ready() { until grep -q '^ready ' "$work/out$1"; do kill -0 "${pids[$1]}" 2>/dev/null || { cat "$work/err$1"; exit 1; }; sleep 0.05; done; }
leader() { # of _schemas, as any node tells
  ${MILLRACE:-$root/millrace} topic describe _schemas --json -b "127.0.0.1:$port,127.0.0.1:$((port + 1)),127.0.0.1:$((port + 2))" 2>/dev/null \
    | python3 -c 'import json,sys
def find(x):
    if isinstance(x,dict):
        if "leader" in x: return x["leader"]
        x=list(x.values())
    if isinstance(x,list):
        for y in x:
            z=find(y)
            if z is not None: return z
print(find(json.load(sys.stdin)))'
}
mkfifo "$work/lines"; exec 9<>"$work/lines"
for node in 1 2 3; do begin $node; done; for node in 1 2 3; do ready $node; done
"$JAVA_HOME/bin/java" -Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "$here/SchemaGap.java" "$urls" <"$work/lines" >"$work/gaps" & load=$!
for try in $(seq 60); do # until the first schema is registered
  node=$(leader 2>/dev/null) && [[ $node == [123] ]] && break
  sleep 1
done
sleep 5
for kill in $(seq "$kills"); do
  node=$(leader); [[ $node == [123] ]] || { echo "schema-gap: nobody leads _schemas, leader=$node"; exit 1; }
  echo "begin $node" >&9; sleep 1
  kill -9 "${pids[$node]}"; wait "${pids[$node]}" 2>/dev/null || true
  sleep "${REST:-6}"; echo end >&9; begin "$node"; ready "$node"; sleep "${REST:-6}"
done
echo >&9; wait "$load" || true; load=
cat "$work/gaps"
most=$(sed -n 's/.*until both do p50 [0-9]* ms, max \([0-9]*\) ms.*/\1/p' "$work/gaps")
[ -n "$most" ] && [ "$most" -le "${GAP_MAX_MS:-2000}" ]
