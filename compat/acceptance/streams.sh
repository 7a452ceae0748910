#!/usr/bin/env bash
# Kafka Streams 4.3 in exactly_once_v2 on a node, unchanged: words of real text counted and a windowed join, application and node killed
# on the way (once with its state thrown away, so that it is restored from the changelog), held against a plain computation; then Kafka's own smoke test.
# usage: streams.sh [PACKAGES]    default 600 of Debian's package descriptions     needs: apt-cache, python3, Maven
# env: PROTOCOL (classic) or streams: who gives out the tasks, the application or the broker (KIP-1071)
#      SMOKE (20) seconds of the smoke test, 0 for none   PORT (19292)   MILLRACE what to run instead of ./millrace   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); port=${PORT:-19292}; . "$here/node.sh"
need apt-cache python3 mvn
jars streams streams-pom.xml 'kafka-streams-4.3.0-test.jar'
path="$work/classes:$cache/streams/*"
"$JAVA_HOME/bin/javac" -nowarn -d "$work/classes" -cp "$cache/streams/*" "$here/streams/Words.java" "$here/streams/Smoke.java"
judge() { python3 "$here/streams/judge.py" "$@"; }
words() { app 300m "$path" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn Words "$@"; }
run() { (words run "$at" "$work/state" "${PROTOCOL:-classic}") 2>"$work/app-$1" & application=$!; children=$application; }
feed() { # the next quarter of the records; waits until the application has made some more updates of it
  local before; before=$(updated "$1"); quarter=$((quarter+1)); (words feed "$at") <"$work/feed-0$((quarter-1))"
  until [ "$(updated "$1")" -gt $((before + RANDOM % 5)) ] || ! kill -0 "$application" 2>/dev/null; do sleep 0.05; done
}
updated() { grep -cs ^updates "$work/app-$1" || true; }
kill_application() { kill -9 "$application" 2>/dev/null || true; wait "$application" 2>/dev/null || true; }
killed() { echo "        killed: $1, after $(($(updated "$2") * 200)) updates of this life"; }

apt-cache dumpavail 2>/dev/null | judge make "${1:-2000}" >"$work/feed"
read -r updates pairs < <(judge count "$work/feed"); echo "records: $(lines "$work/feed"), to come: $updates counts, $pairs joined"
split -d -n l/4 "$work/feed" "$work/feed-"
# a dead application is noticed after six seconds; with a group of the broker that is for the broker to say
[ "${PROTOCOL:-classic}" = classic ] || settings=(--set group.streams.min.session.timeout.ms=6000 --set group.streams.session.timeout.ms=6000)
start; quarter=0
for name in text left right counts joined; do topic "$name" 3; done
run first; feed first; kill_application; killed application first
run second; feed second; kill_node; killed node second; start
feed second; kill_application; killed "application with its state" second; rm -rf "$work/state"
run last; feed last
(words read "$at" counts "$updates") >"$work/counts"; (words read "$at" joined "$pairs") >"$work/joined"
code=0; judge check "$work/feed" "$work/counts" "$work/joined" || code=$?; report "word counts and windowed join are those of a plain computation" "$code"
kill -TERM "$application"; code=0; wait "$application" || code=$?; [ "$code" = 143 ] && code=0; report "the application closes" "$code"

# Apache's tool sets the group back: to the beginning of its input, its internal topics gone; the application makes everything again
if [ "${PROTOCOL:-classic}" = streams ]; then
  jars tools tools-pom.xml 'kafka-tools-*.jar'
  groups() { (app 200m "$cache/tools/*" org.apache.kafka.tools.streams.StreamsGroupCommand --bootstrap-server "$at" "$@") 2>"$work/tool-err" | tee -a "$work/tools"; }
  for _ in $(seq 100); do groups --list --state >"$work/tool"; grep -q 'words.*Empty' "$work/tool" && break; sleep 0.2; done
  code=0; groups --reset-offsets --group words --all-input-topics --to-earliest --dry-run >"$work/tool" || code=$?; grep -qE 'words +text +0 +0' "$work/tool" || code=1; report "plans to set them back" "$code"
  code=0; groups --reset-offsets --group words --all-input-topics --to-earliest --execute --delete-all-internal-topics >"$work/tool" || code=$?; grep -qE 'words +text +0 +0' "$work/tool" || code=1; report "sets them back" "$code"
  code=0; "${MILLRACE:-$root/millrace}" topic list --bootstrap "$at" | grep -qE 'words-.*-(changelog|repartition)' && code=1; report "the internal topics are gone" "$code"
  code=0; groups --delete-offsets --group words --input-topic text >"$work/tool" || code=$?; report "deletes the offsets of a topic" "$code"
  code=0; groups --delete --group words >"$work/tool" || code=$?; report "deletes the group" "$code"
  code=0; groups --list >"$work/tool"; grep -q words "$work/tool" && code=1; report "which is gone" "$code"
fi

if [ "${SMOKE:-20}" != 0 ]; then
  for name in data echo max min dif sum cnt avg tagg min-suppressed sws-suppressed min-raw sws-raw; do topic "$name" 3; done
  printf '%s\n' "bootstrap.servers=$at" processing.guarantee=exactly_once_v2 "state.dir=$work/smoke" "group.protocol=${PROTOCOL:-classic}" >"$work/smoke.properties"
  quiet=-Dorg.slf4j.simpleLogger.defaultLogLevel=error
  (app 400m "$path" $quiet org.apache.kafka.streams.tests.StreamsSmokeTest "$work/smoke.properties" process) >"$work/client" 2>&1 & children=$!
  code=0; (app 300m "$path" $quiet Smoke "$at" 10 200 "${SMOKE:-20}") >"$work/driver" 2>&1 || code=$?
  report "Kafka's smoke test of Streams: $(grep -E '^(SUCCESS|FAILURE)' "$work/driver" | tail -1)" "$code"
fi
finish
