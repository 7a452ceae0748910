#!/usr/bin/env bash
# Our own client library at work: codecs, kinds of errors, groups whose members come and go, transactions of an application that is killed.
# usage: clients.sh [BOOTSTRAP]      without one a node of Millrace is started; any cluster of Kafka's protocol will do (Apache Kafka 3.9 and later)
# env: RECORDS (20000)  KILLS (8) of the transactional application, kill -9   PORT (19392)   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); port=${PORT:-19392}
. "$here/node.sh"
records=${RECORDS:-20000}; kills=${KILLS:-8}
if [ $# -gt 0 ]; then at=$1; else start; fi
library=${MILLRACE_LIBRARY:-$(readlink -f "$root/server/target/dist")/lib}
"$JAVA_HOME/bin/javac" -nowarn -d "$work/classes" -cp "$library/*" "$here/OwnClients.java"
own() { (app 256m "$work/classes:$library/*" OwnClients "$at" "$@"); }
try() { local code=0; own "$@" >>"$work/log" 2>&1 || code=$?; report "$*" $code; [ $code = 0 ] || tail -5 "$work/log"; }
try codecs
try errors
try churn classic
try churn consumer
own fill "$records" >>"$work/log" 2>&1
work_off() {
  local code=3
  while [ $code != 0 ] && [ $code != 1 ]; do
    code=0; (app 256m "$work/classes:$library/*" OwnClients "$at" transform own-1) >>"$work/log" 2>&1 & echo $! >"$work/pid"; { wait $! || code=$?; } 2>/dev/null
  done
}
work_off & loop=$!; children=$loop; done_kills=0
while kill -0 "$loop" 2>/dev/null; do
  sleep "$((RANDOM % 2)).$((RANDOM % 9))"
  if [ "$done_kills" -lt "$kills" ] && kill -9 "$(cat "$work/pid")" 2>/dev/null; then done_kills=$((done_kills + 1)); fi
done
children=
echo "        application killed $done_kills times"
try check "$records"
finish
