#!/usr/bin/env bash
# A run in the manner of Jepsen: foreign clients work on one node while node and clients are killed and stopped and the disk gets full; then a
# judge goes through the history of their calls (history/check.py says what it looks for), and shows that it finds each kind of fault when planted.
# usage: history.sh [SECONDS]      default 60      needs: python3, Maven; root for the full disk (a small tmpfs), else that fault is left out
# env: SEED (random, printed) of the faults    FAULTS (kill-node stop-node kill-client stop-client full-disk none)
#      WORKLOADS (write transform bank read consumer share; and classic)   PROTOCOL (consumer) of the group of transform
#      CLIENT (apache; own: our client library)   BOOTSTRAP: a cluster of Kafka's protocol that runs already, only clients are killed then
#      PORT (19492)   MILLRACE what to run instead of ./millrace   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); port=${PORT:-19492}; . "$here/node.sh"
need python3 mvn
jars lib pom.xml 'kafka-clients-4.3.0.jar'; run=Workload
seconds=${1:-60}; seed=${SEED:-$RANDOM}; RANDOM=$seed; faults_known="kill-node stop-node kill-client stop-client full-disk none"; [ -z "${BOOTSTRAP:-}" ] || faults_known="kill-client stop-client none"
read -ra faults <<<"${FAULTS:-$faults_known}"
read -ra workloads <<<"${WORKLOADS:-write transform bank read consumer share}"
echo "seed: $seed, seconds: $seconds, workloads: ${workloads[*]}, faults: ${faults[*]}"
path="$work/classes:$cache/lib/*"
if [ "${CLIENT:-apache}" = own ]; then
  "${MILLRACE:-$root/millrace}" version >/dev/null # builds it where that is needed
  run=OwnWorkload; MILLRACE_LIBRARY=${MILLRACE_LIBRARY:-$(readlink -f "$root/server/target/dist")/lib}
  path="$work/classes:$MILLRACE_LIBRARY/*"; sources="$here/history/Notes.java $here/history/OwnWorkload.java"
else
  sources=$(ls "$here"/history/*.java | grep -v OwnWorkload)
fi
# shellcheck disable=SC2086
"$JAVA_HOME/bin/javac" -nowarn -d "$work/classes" -cp "$path" $sources
for kind in consumer share; do # sessions that end while clients still look for what the dead have left
  settings+=(--set group.$kind.min.session.timeout.ms=6000 --set group.$kind.session.timeout.ms=6000 --set group.$kind.min.heartbeat.interval.ms=1000 --set group.$kind.heartbeat.interval.ms=1000)
done
settings+=(--set group.share.record.lock.duration.ms=15000)
calls=$work/history; mkdir "$calls" "$data"
when_done=tidy
tidy() { # what the keepers started, and the small disk
  for one in $(cat "$work/pids" 2>/dev/null); do ! grep -qs Workload "/proc/$one/cmdline" || kill -9 "$one" 2>/dev/null || true; done
  [ -n "${small:-}" ] || return 0
  { [ "$failed" = 0 ] && [ -z "${KEEP:-}" ]; } || cp -r "$data" "$work/kept-data" || true
  umount -l "$data" 2>/dev/null || true
}
client() { app 128m "$path" "-Dprotocol=${PROTOCOL:-consumer}" "$run" "$1" "$at" "$calls"; }
if [ -n "${BOOTSTRAP:-}" ]; then
  small=; at=$BOOTSTRAP
elif [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=256m tmpfs "$data" 2>/dev/null; then
  small=1
else
  small=; echo "        no small disk (that needs root): the disk does not get full"
fi

keep() { # a client and its successors, until one ends by itself or another keeper has taken over
  local code=3 life=0
  while [ $code != 0 ] && [ $code != 4 ]; do
    [ ! -e "$calls/stop" ] || case $1 in transform | classic | consumer | share) ;; *) break ;; esac # those work everything off
    (client "$1") 2>>"$work/$1.err" & echo $! | tee -a "$work/pids" >"$work/$1.pid"; code=0; wait $! || code=$?; life=$((life+1))
  done
}
keeper() { (trap - EXIT; set +e; keep "$1") 2>/dev/null & keepers+=" $!"; children=$keepers; }
pid_of() { cat "$work/$1.pid" 2>/dev/null || echo 0; }
pause() { sleep "$1.$((RANDOM % 10))"; }
any_client() { echo "${workloads[RANDOM % ${#workloads[@]}]}"; }

kill-node() { kill_node; start; }
stop-node() { kill -STOP "$server"; pause $((RANDOM % 7)); kill -CONT "$server"; }
kill-client() { one=$(any_client); detail=$one; kill -9 "$(pid_of "$one")" 2>/dev/null || true; }
stop-client() { # a zombie: stopped, replaced, and woken when its successor works
  one=$(any_client); detail=$one; local zombie; zombie=$(pid_of "$one")
  kill -STOP "$zombie" 2>/dev/null || return 0
  case $one in transform | bank) keeper "$one" ;; esac
  pause $((4 + RANDOM % 5)); kill -CONT "$zombie" 2>/dev/null || true
}
full-disk() {
  [ -n "$small" ] || { detail="left out"; return 0; }
  dd if=/dev/zero of="$data/ballast" bs=1M 2>/dev/null || true; dd if=/dev/zero of="$data/crumbs" bs=4k 2>/dev/null || true
  pause $((2 + RANDOM % 3)); rm -f "$data/ballast" "$data/crumbs"
  detail=$(kill -0 "$server" 2>/dev/null && echo "the node went on" || echo "the node ended")
}
none() { :; }
alive() { [ -n "${BOOTSTRAP:-}" ] || kill -0 "$server" 2>/dev/null || { wait "$server" 2>/dev/null || true; start; }; }

[ -n "${BOOTSTRAP:-}" ] || start
topic log 2; topic out 2; topic bank 4
keepers=; for one in "${workloads[@]}"; do keeper "$one"; done
begin=$SECONDS; until [ "$(lines "$(ls "$calls"/*.history 2>/dev/null | head -1)")" -gt 50 ] || [ $((SECONDS - begin)) -gt 60 ]; do sleep 0.2; done
begin=$SECONDS
while [ $((SECONDS - begin)) -lt "$seconds" ]; do
  pause $((1 + RANDOM % 3)); fault=${faults[RANDOM % ${#faults[@]}]}; detail=
  "$fault"; alive; echo "        $((SECONDS - begin)) s: $fault $detail"
done
touch "$calls/stop"
deadline=$((SECONDS + 90)); for one in $keepers; do while kill -0 "$one" 2>/dev/null && [ $SECONDS -lt $deadline ]; do sleep 0.2; done; done
code=0; for one in "${workloads[@]}"; do ! kill -9 "$(pid_of "$one")" 2>/dev/null || { code=1; echo "        did not end: $one"; }; done
report "every client comes to an end after the last fault" $code
code=0; (client final) 2>>"$work/final.err" || code=$?; report "everything can be read in the end" $code
code=0; python3 "$here/history/check.py" "$calls" || code=$?; report "the history holds" $code
code=0; python3 "$here/history/check.py" --plant all "$calls" || code=$?; report "the judge finds each planted fault" $code
finish
