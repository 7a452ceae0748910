#!/usr/bin/env bash
# Apache Kafka's dump tool as the judge of our files: every segment, index, snapshot and transaction index below a data directory.
# usage: judge.sh DATA-DIRECTORY     the node must be stopped
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd); data=${1:?usage: judge.sh DATA-DIRECTORY}
. "$root/scripts/jdk.sh"; find_jdk
cache=${XDG_CACHE_HOME:-$HOME/.cache}/millrace-acceptance; mkdir -p "$cache"
[ -n "$(ls "$cache"/tools/kafka_2.13-4.3.0.jar 2>/dev/null)" ] || mvn -q -B -f "$here/tools-pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$cache/tools" >/dev/null
dump() { "$root/dev" java -Xmx512m -XX:TieredStopAtLevel=1 -cp "$cache/tools/*" org.apache.kafka.tools.DumpLogSegments "$@"; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; passed=0; failed=0
join() { paste -sd, -; }
judge() { # NAME PATTERN OPTIONS...: one run of the tool over all files of a kind
  local name=$1 pattern=$2 files; shift 2
  files=$(find "$data" -type f -name "$pattern" ! -path '*-delete/*' -size +0 | sort)
  [ -n "$files" ] || { echo "none    $name"; return 0; }
  if dump "$@" --files "$(echo "$files" | join)" 2>&1 | grep -v '^SLF4J' >"$work/out" &&
    ! grep -qiE 'exception|mismatch|out of order|corrupt|invalid|not valid|failed|found .* bytes|isvalid: false' "$work/out"; then
    passed=$((passed+1)); echo "ok      $name: $(echo "$files" | wc -l) files, $(wc -l <"$work/out") lines"
  else
    failed=$((failed+1)); echo "FAILED  $name:"; grep -iE -m5 'exception|mismatch|out of order|corrupt|invalid|not valid|failed|found .* bytes|isvalid: false' "$work/out" || tail -5 "$work/out"
  fi
}
judge "segments, every record" '[0-9]*.log' --deep-iteration
judge "offset indexes" '[0-9]*.index'
judge "offset indexes, sanity" '[0-9]*.index' --index-sanity-check
judge "time indexes" '[0-9]*.timeindex'
judge "transaction indexes" '[0-9]*.txnindex'
judge "producer snapshots" '[0-9]*.snapshot'
for f in "$data"/__cluster_metadata-0; do [ ! -d "$f" ] || { files=$(find "$f" -name '[0-9]*.log' -size +0 | sort | join); if dump --cluster-metadata-decoder --files "$files" 2>&1 | grep -v '^SLF4J' >"$work/out" && ! grep -qiE 'exception|error' "$work/out"; then passed=$((passed+1)); echo "ok      metadata records"; else failed=$((failed+1)); echo "FAILED  metadata records"; tail -5 "$work/out"; fi; }; done
files=$(find "$data" -path '*__consumer_offsets-*' -name '[0-9]*.log' -size +0 | sort | join)
[ -z "$files" ] || { if dump --offsets-decoder --print-data-log --files "$files" 2>&1 | grep -v '^SLF4J' >"$work/out" && ! grep -qiE 'exception|error' "$work/out"; then passed=$((passed+1)); echo "ok      group and offset records"; else failed=$((failed+1)); echo "FAILED  group and offset records"; tail -5 "$work/out"; fi; }
echo "judge: $passed passed, $failed failed"
[ "$failed" = 0 ]
