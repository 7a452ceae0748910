#!/usr/bin/env bash
# Three nodes as processes, foreign clients and Apache's tools: kill -9 of a leader, of the controller, of all; a reassignment; an election.
# Every acknowledged record must be there once and in order; the longest pause of a partition is printed for each kill.
# usage: cluster.sh       needs: Maven, kcat; builds nothing of Millrace
# env: PORT (19392, and the two above; controllers 100 above)   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
for tool in mvn kcat; do command -v $tool >/dev/null || { echo "cluster.sh: $tool is missing: install it (Debian: maven kcat)" >&2; exit 2; }; done
cache=${XDG_CACHE_HOME:-$HOME/.cache}/millrace-acceptance; mkdir -p "$cache"
work=$(mktemp -d); port=${PORT:-19392}; declare -A pids
at="127.0.0.1:$port,127.0.0.1:$((port + 1)),127.0.0.1:$((port + 2))"
voters="1@127.0.0.1:$((port + 100)),2@127.0.0.1:$((port + 101)),3@127.0.0.1:$((port + 102))"
writer=
cleanup() {
  for pid in "${pids[@]}" $writer; do kill -9 "$pid" 2>/dev/null || true; done
  [ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"
}
trap cleanup EXIT
begin() { # NODE: starts it, without the writer's lines
  : >"$work/out$1"
  ${MILLRACE:-$root/millrace} server --set node.id="$1" --set process.roles=broker,controller --set controller.quorum.voters="$voters" \
    --set listeners="PLAINTEXT://127.0.0.1:$((port + $1 - 1)),CONTROLLER://127.0.0.1:$((port + 99 + $1))" \
    --http 127.0.0.1:0 --data "$work/data$1" >"$work/out$1" 2>>"$work/err$1" 9>&- & pids[$1]=$!
}
ready() { # NODE: waits until it serves
  until grep -q '^ready ' "$work/out$1"; do kill -0 "${pids[$1]}" 2>/dev/null || { cat "$work/err$1"; exit 1; }; sleep 0.05; done
}
die() { kill -9 "${pids[$1]}"; wait "${pids[$1]}" 2>/dev/null || true; }
[ -f "$cache/lib/kafka-clients-4.3.0.jar" ] || mvn -q -B -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$cache/lib" >/dev/null
[ -d "$cache/tools" ] || mvn -q -B -f "$here/tools-pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$cache/tools" >/dev/null
apache() { # CLASS ARGUMENTS: one of Apache's tools
  local class=$1; shift
  "$JAVA_HOME/bin/java" -Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$cache/tools/*" "org.apache.kafka.$class" "$@" 2>>"$work/tools-err"
}
layout() { kcat -L -b "$at" -t numbers 2>>"$work/kcat-err" | sed -n 's/^ *partition \([0-9]*\), leader \(-\?[0-9]*\), replicas: [0-9,]*, isrs: \([0-9,]*\).*/\1 \2 \3/p'; }
whole() { # waits until every partition has a leader and three copies in sync
  for _ in $(seq 300); do
    [ "$(layout | awk '$2 > 0 && gsub(",", ",", $3) == 2' | wc -l)" = 3 ] && return
    sleep 0.1
  done
  echo "cluster: in-sync sets are not whole after 30 s:" >&2; layout >&2; exit 1
}

for node in 1 2 3; do begin $node; done
for node in 1 2 3; do ready $node; done
apache tools.TopicCommand --bootstrap-server "$at" --create --topic numbers --partitions 3 --replication-factor 3 --config min.insync.replicas=2 >/dev/null
mkfifo "$work/lines"
"$JAVA_HOME/bin/java" -Xmx256m -XX:TieredStopAtLevel=1 -cp "$cache/lib/*" "$here/ClusterWriter.java" "$at" numbers 3 <"$work/lines" >"$work/writer" 2>>"$work/writer-err" & writer=$!
exec 9>"$work/lines"
sleep 2

leader=$(layout | awk '$1 == 0 { print $2 }')
echo "kill -9 of a leader" >&9; sleep 0.2; die "$leader"; sleep 4; begin "$leader"; ready "$leader"; whole
controller=$(apache tools.MetadataQuorumCommand --bootstrap-server "$at" describe --status | awk '/^LeaderId/ { print $2 }')
echo "kill -9 of the controller" >&9; sleep 0.2; die "$controller"; sleep 5; begin "$controller"; ready "$controller"; whole
echo "kill -9 of all" >&9; sleep 0.2; for node in 1 2 3; do die $node; done
for node in 1 2 3; do begin $node; done; for node in 1 2 3; do ready $node; done; whole
leader=$(layout | awk '$1 == 0 { print $2 }')
echo "planned stop of a leader" >&9; sleep 0.2; kill -TERM "${pids[$leader]}"; wait "${pids[$leader]}"; begin "$leader"; ready "$leader"; whole

echo "reassignment" >&9
echo '{"version":1,"partitions":[{"topic":"numbers","partition":0,"replicas":[3,1]}]}' >"$work/moves.json"
apache tools.reassign.ReassignPartitionsCommand --bootstrap-server "$at" --reassignment-json-file "$work/moves.json" --execute >/dev/null
for _ in $(seq 20); do
  apache tools.reassign.ReassignPartitionsCommand --bootstrap-server "$at" --reassignment-json-file "$work/moves.json" --verify >"$work/verify"
  grep -q 'is completed' "$work/verify" && break
done
grep -q 'is completed' "$work/verify" || { echo "cluster: the reassignment does not end" >&2; cat "$work/verify" >&2; exit 1; }
apache tools.LeaderElectionCommand --bootstrap-server "$at" --election-type preferred --all-topic-partitions >/dev/null
[ "$(layout | awk '$1 == 0 { print $2, $3 }')" = "3 3,1" ] || [ "$(layout | awk '$1 == 0 { print $2, $3 }')" = "3 1,3" ] || { echo "cluster: partition 0 is not where it was moved to" >&2; layout >&2; exit 1; }
apache tools.MetadataQuorumCommand --bootstrap-server "$at" describe --replication >"$work/quorum"
[ "$(grep -cwE 'Leader|Follower' "$work/quorum")" = 3 ] || { echo "cluster: the quorum has not three voters" >&2; cat "$work/quorum" >&2; exit 1; }
exec 9>&-
status=0; wait "$writer" || status=$?; writer=
cat "$work/writer"
[ $status = 0 ] || { cat "$work/writer-err" >&2; exit 1; }
seq 1 1000 | kcat -P -b "$at" -t kcat -X acks=all -X enable.idempotence=true
[ "$(kcat -C -b "$at" -t kcat -e -q -o beginning | sort -n | uniq | wc -l)" = 1000 ] || { echo "cluster: kcat's records are not all there" >&2; exit 1; }
for node in 1 2 3; do kill -TERM "${pids[$node]}"; done
for node in 1 2 3; do wait "${pids[$node]}"; done
pids=()
echo "cluster: nothing lost, nothing doubled, all in order"
