#!/usr/bin/env bash
# Three nodes as processes and a fourth that joins: it is filled, another one is drained under load with kill -9 in the middle, the fourth is removed.
# Every record acknowledged to Apache's producer must be there once and in order; the longest pause of a partition is printed for each step.
# usage: balance.sh       needs: Maven, kcat; builds nothing of Millrace
# env: PORT (19492 to 19495; controllers 100 above)   PARTITIONS (30)   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
for tool in mvn kcat; do command -v $tool >/dev/null || { echo "balance.sh: $tool is missing: install it (Debian: maven kcat)" >&2; exit 2; }; done
cache=${XDG_CACHE_HOME:-$HOME/.cache}/millrace-acceptance; mkdir -p "$cache"
work=$(mktemp -d); port=${PORT:-19492}; partitions=${PARTITIONS:-30}; declare -A pids
at="127.0.0.1:$port,127.0.0.1:$((port + 1)),127.0.0.1:$((port + 2))"
voters="1@127.0.0.1:$((port + 100)),2@127.0.0.1:$((port + 101)),3@127.0.0.1:$((port + 102))"
writer=
cleanup() {
  for pid in "${pids[@]}" $writer; do kill -9 "$pid" 2>/dev/null || true; done
  [ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"
}
trap cleanup EXIT
begin() { # NODE: starts it, without the writer's lines; the fourth has no vote
  local listeners="PLAINTEXT://127.0.0.1:$((port + $1 - 1))" roles=broker
  [ "$1" -gt 3 ] || { roles=broker,controller; listeners="$listeners,CONTROLLER://127.0.0.1:$((port + 99 + $1))"; }
  : >"$work/out$1"
  ${MILLRACE:-$root/millrace} server --set node.id="$1" --set process.roles=$roles --set controller.listener.names=CONTROLLER \
    --set controller.quorum.voters="$voters" --set listeners="$listeners" \
    --http 127.0.0.1:0 --data "$work/data$1" >"$work/out$1" 2>>"$work/err$1" 9>&- & pids[$1]=$!
}
ready() { # NODE: waits until it serves
  until grep -q '^ready ' "$work/out$1"; do kill -0 "${pids[$1]}" 2>/dev/null || { cat "$work/err$1"; exit 1; }; sleep 0.05; done
}
die() { kill -9 "${pids[$1]}"; wait "${pids[$1]}" 2>/dev/null || true; unset "pids[$1]"; }
millrace() { MILLRACE_BOOTSTRAP=$at ${MILLRACE:-$root/millrace} "$@" 9>&-; }
[ -f "$cache/lib/kafka-clients-4.3.0.jar" ] || mvn -q -B -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$cache/lib" >/dev/null
layout() { kcat -L -b "$at" -t "$1" 2>>"$work/kcat-err" | sed -n 's/^ *partition \([0-9]*\), leader \(-\?[0-9]*\), replicas: \([0-9,]*\), isrs: \([0-9,]*\).*/\1 \2 \3 \4/p'; }
copies() { layout numbers | awk -v node="$1" '{ n += gsub("(^|,)" node "(,|$)", "&", $3) } END { print n + 0 }'; } # NODE
whole() { # waits until every partition has a leader and two copies in sync
  for _ in $(seq 600); do
    [ "$(layout numbers | awk '$2 > 0 && split($3, r, ",") == 2 && split($4, i, ",") == 2' | wc -l)" = "$partitions" ] && return
    sleep 0.1
  done
  echo "balance: in-sync sets are not whole after 60 s:" >&2; layout numbers >&2; exit 1
}
expect() { [ "$2" = "$3" ] || { echo "balance: $1: $2 instead of $3" >&2; layout numbers >&2; exit 1; }; }

for node in 1 2 3; do begin $node; done
for node in 1 2 3; do ready $node; done
millrace topic create numbers --partitions "$partitions" --replication-factor 2 --set min.insync.replicas=1 >/dev/null
mkfifo "$work/lines"
"$JAVA_HOME/bin/java" -Xmx256m -XX:TieredStopAtLevel=1 -cp "$cache/lib/*" "$here/ClusterWriter.java" "$at" numbers "$partitions" <"$work/lines" >"$work/writer" 2>>"$work/writer-err" & writer=$!
exec 9>"$work/lines"
sleep 2

begin 4; ready 4
before=$(layout numbers)
millrace cluster add 4 --dry-run --json >"$work/plan"
millrace cluster drain 3 --dry-run --json >>"$work/plan"
[ "$(grep -c '"why":' "$work/plan")" = 2 ] || { echo "balance: dry runs show no moves" >&2; cat "$work/plan" >&2; exit 1; }
expect "what dry runs changed" "$(layout numbers | sort)" "$(echo "$before" | sort)"
echo "a node is added" >&9
millrace cluster add 4 --timeout 120 2>>"$work/cli"
[ "$(copies 4)" -ge $((partitions / 3)) ] || { echo "balance: node 4 has only $(copies 4) copies" >&2; exit 1; }
whole

echo "kill -9 of the node that is drained, and of the controller" >&9
millrace cluster drain 3 --no-wait 2>>"$work/cli"
die 3
controller=$(millrace cluster quorum --json 2>>"$work/cli" | grep -o '"node":[0-9]*,"role":"leader"' | grep -o '[0-9]*' | head -1)
[ "${controller:-3}" = 3 ] || { die "$controller"; begin "$controller"; ready "$controller"; }
begin 3; ready 3
echo "the drain goes on" >&9
millrace cluster drain 3 --timeout 120 2>>"$work/cli"
expect "copies on the drained node" "$(copies 3)" 0
whole
millrace topic create later --partitions 6 --replication-factor 2 >/dev/null
expect "new copies on the drained node" "$(layout later | awk '$3 ~ /(^|,)3(,|$)/' | wc -l)" 0
millrace cluster drain 3 --undo 2>>"$work/cli"
echo "the cluster is evened out" >&9
millrace cluster balance --dry-run --explain --json >"$work/plan"
millrace cluster balance 2>>"$work/cli"
[ "$(copies 3)" -ge $((partitions / 3)) ] || { echo "balance: node 3 has only $(copies 3) copies" >&2; exit 1; }
whole

echo "a node is removed" >&9
( until [ "$(copies 4)" = 0 ]; do sleep 0.2; done; kill -TERM "${pids[4]}" ) 9>&- &
millrace cluster remove 4 --timeout 120 2>>"$work/cli"
wait "${pids[4]}" 2>/dev/null || true; unset "pids[4]"
expect "copies on the removed node" "$(copies 4)" 0
whole

voter=$(millrace cluster quorum --json 2>>"$work/cli" | grep -o '"node":[0-9]*,"role":"leader"' | grep -o '[0-9]*' | head -1)
echo "the node that leads the metadata is removed" >&9
( until grep -q "node $voter is empty: stop it" "$work/voter" 2>/dev/null; do sleep 0.1; done; sleep 5; kill -TERM "${pids[$voter]}" ) 9>&- &
millrace cluster remove "$voter" --timeout 120 2>"$work/voter"
if kill -0 "${pids[$voter]}" 2>/dev/null; then echo "balance: node $voter was forgotten while it ran" >&2; exit 1; fi
wait "${pids[$voter]}" 2>/dev/null || true; unset "pids[$voter]"
expect "copies on the removed voter" "$(copies "$voter")" 0
whole

exec 9>&-
status=0; wait "$writer" || status=$?; writer=
cat "$work/writer"
[ $status = 0 ] || { cat "$work/writer-err" >&2; exit 1; }
for pid in "${pids[@]}"; do kill -TERM "$pid"; done
for pid in "${pids[@]}"; do wait "$pid"; done
pids=()
echo "balance: nothing lost, nothing doubled, all in order"
