#!/usr/bin/env bash
# The schema registry of three nodes: schemas registered through all of them at once under kill -9, frozen processes and cut wires. Schema and id must
# stay one to one, nothing that was acknowledged may be lost, no id may be used again, and every node must know at once what another one acknowledged.
# Then the npm packages @kafkajs/confluent-schema-registry and @confluentinc/schemaregistry at work on it, unchanged.
# usage: schemas.sh [ROUNDS]       faults of each kind, 2 without it     needs: iptables and root for cuts (left out without them), npm for the packages
# env: PORT (19592; three brokers, controllers 100 above, HTTP 200 above)   SEED (1)   THREADS (8)   PACKAGES=0 leaves the packages out   KEEP=1
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
rounds=${1:-2}; port=${PORT:-19592}; work=$(mktemp -d); declare -A pids; load=
voters="1@127.0.0.1:$((port + 100)),2@127.0.0.1:$((port + 101)),3@127.0.0.1:$((port + 102))"
urls="http://127.0.0.1:$((port + 200)),http://127.0.0.1:$((port + 201)),http://127.0.0.1:$((port + 202))"
cutter=; [ "$(id -u)" != 0 ] || ! command -v iptables >/dev/null || cutter=yes
wires() { # -A or -D, NODE: nobody reaches a node's Kafka ports
  for p in $((port + $2 - 1)) $((port + 99 + $2)); do iptables "$1" INPUT -i lo -p tcp --dport "$p" -j DROP; done
}
cleanup() {
  for pid in "${pids[@]}" $load; do kill -CONT "$pid" 2>/dev/null || true; kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  [ -z "$cutter" ] || for node in 1 2 3; do while wires -D $node 2>/dev/null; do :; done; done
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
curls() { curl -sf -m 5 "$@"; }
mkfifo "$work/lines"; exec 9<>"$work/lines"
for node in 1 2 3; do begin $node; done; for node in 1 2 3; do ready $node; done
"$JAVA_HOME/bin/java" -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "$here/Schemas.java" "$urls" "${THREADS:-8}" "${SEED:-1}" <"$work/lines" & load=$!
fault() { echo "$1" >&9; }
fault "no fault"; sleep 4
for round in $(seq "$rounds"); do
  for node in 1 2 3; do
    fault "kill -9 of node $node, round $round"; sleep 0.3
    kill -9 "${pids[$node]}"; wait "${pids[$node]}" 2>/dev/null || true; sleep 3; begin $node; ready $node; sleep 2
  done
  node=$((RANDOM % 3 + 1)); fault "node $node frozen for 4 s, round $round"; kill -STOP "${pids[$node]}"; sleep 4; kill -CONT "${pids[$node]}"; sleep 3
  if [ -n "$cutter" ]; then node=$((RANDOM % 3 + 1)); fault "wires to node $node cut for 5 s, round $round"; wires -A $node; sleep 5; wires -D $node; sleep 3; fi
  fault "kill -9 of all, round $round"
  for node in 1 2 3; do kill -9 "${pids[$node]}"; wait "${pids[$node]}" 2>/dev/null || true; done
  for node in 1 2 3; do begin $node; done; for node in 1 2 3; do ready $node; done; sleep 6
done
fault ""
status=0; wait "$load" || status=$?; load=
[ $status = 0 ] || exit $status
if [ "${PACKAGES:-1}" = 1 ]; then curls -X DELETE "http://127.0.0.1:$((port + 200))/config" >/dev/null; "$here/schema-packages.sh" "http://127.0.0.1:$((port + 200))"; fi
echo "schemas: one to one, nothing lost, no id used again"
