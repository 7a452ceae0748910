#!/usr/bin/env bash
# Apache Connect 4.3 on a node, unchanged: a distributed worker with exactly-once source support copies a file into a topic and the topic
# into a file, while worker and node are killed on the way. The topic, read committed, is the input line by line; so is the output file.
# usage: connect.sh [PACKAGES]    default 20000 of Debian's package descriptions, a line each     needs: apt-cache, curl, python3, Maven
# env: PORT (19392; the worker listens one above)   MILLRACE what to run instead of ./millrace   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); port=${PORT:-19392}; . "$here/node.sh"
need apt-cache curl python3 mvn kcat
jars connect connect-pom.xml 'connect-runtime-4.3.0.jar'
rest=http://127.0.0.1:$((port+1))
judge() { python3 "$here/connect/judge.py" "$@"; }

apt-cache dumpavail 2>/dev/null | judge make "${1:-20000}" >"$work/all"; echo "lines: $(lines "$work/all"), $(du -k "$work/all" | cut -f1) KB"
split -d -n l/3 "$work/all" "$work/part-"
cat >"$work/worker.properties" <<P
bootstrap.servers=$at
group.id=workers
listeners=$rest
exactly.once.source.support=enabled
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.storage.StringConverter
config.storage.topic=connect-configs
offset.storage.topic=connect-offsets
status.storage.topic=connect-status
config.storage.replication.factor=1
offset.storage.replication.factor=1
status.storage.replication.factor=1
offset.storage.partitions=3
offset.flush.interval.ms=500
session.timeout.ms=6000
heartbeat.interval.ms=1000
scheduled.rebalance.max.delay.ms=0
consumer.isolation.level=read_committed
consumer.session.timeout.ms=6000
consumer.max.poll.records=100
P
worker() { # a worker that serves
  (app 400m "$cache/connect/*" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn org.apache.kafka.connect.cli.ConnectDistributed "$work/worker.properties") >>"$work/worker" 2>&1 & connect=$!; children=$connect
  until curl -sf "$rest/connectors" >/dev/null; do kill -0 "$connect" 2>/dev/null || { tail -20 "$work/worker"; exit 1; }; sleep 0.3; done
}
connector() { # NAME JSON
  until curl -sf -X PUT -H 'Content-Type: application/json' -d "$2" "$rest/connectors/$1/config" >/dev/null; do kill -0 "$connect"; sleep 0.5; done
}
copied() { # so many lines are in the output file, or two minutes are over
  local deadline=$((SECONDS + 120)); until [ "$(lines "$work/output")" -ge "$1" ] || [ $SECONDS -gt $deadline ]; do sleep 0.2; done
}
ended() { # the last line is in the output file, or two minutes are over. Apache's file source keeps what is over a batch to itself until the
  # file grows again, so it grows; a worker that was killed may have written lines twice, so lines are not counted
  local deadline=$((SECONDS + 120)) last; last=$(tail -n 1 "$work/all")
  until grep -qxF -- "$last" "$work/output" || [ $SECONDS -gt $deadline ]; do echo "$filler" >>"$work/input"; sleep 0.5; done
}
filler='-- nothing more --'

start; topic lines 1; touch "$work/input"; worker
connector source '{"connector.class":"FileStreamSource","tasks.max":"1","file":"'"$work/input"'","topic":"lines","batch.size":"200","transaction.boundary":"interval","transaction.boundary.interval.ms":"300","exactly.once.support":"requested"}'
connector sink '{"connector.class":"FileStreamSink","tasks.max":"1","file":"'"$work/output"'","topics":"lines"}'
cat "$work/part-00" >>"$work/input"; copied 200
kill -9 "$connect"; wait "$connect" 2>/dev/null || true; echo "        worker killed after $(lines "$work/output") lines"; worker
before=$(lines "$work/output"); cat "$work/part-01" >>"$work/input"; copied $((before + 200))
kill_node; echo "        node killed after $(lines "$work/output") lines"; start
cat "$work/part-02" >>"$work/input"; ended
kcat -C -b "$at" -t lines -o beginning -e -q -X isolation.level=read_committed | grep -vxF -- "$filler" >"$work/topic"
sed -i "/^$filler$/d" "$work/output"
code=0; cmp "$work/all" "$work/topic" || code=$?; report "the topic is the input file, every line once" "$code"
code=0; judge sink "$work/all" "$work/output" || code=$?; report "the output file holds the input in order" "$code"
code=0; curl -sf "$rest/connectors/source/status" | grep -q '"state":"RUNNING".*"state":"RUNNING"' || code=$?; report "connector and task run" "$code"
finish
