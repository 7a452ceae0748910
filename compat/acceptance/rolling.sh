#!/usr/bin/env bash
# A rolling restart as docs/operating.md describes it, while records are written: each of three nodes is stopped and started again, with
# `cluster wait` in between; every record is there once. Then one node is taken out with its vote.
# usage: rolling.sh [ROUNDS]    default 1
# env: PORT (19592, and the two above; controllers 100 above)   MILLRACE what to run instead of ./millrace   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
millrace=${MILLRACE:-$root/millrace}; port=${PORT:-19592}; rounds=${1:-1}; work=$(mktemp -d); declare -A pids; writer=; failed=0
at=127.0.0.1:$port,127.0.0.1:$((port + 1)),127.0.0.1:$((port + 2)); export MILLRACE_BOOTSTRAP=$at
voters="1@127.0.0.1:$((port + 100)),2@127.0.0.1:$((port + 101)),3@127.0.0.1:$((port + 102))"
cleanup() {
  for pid in "${pids[@]}" $writer; do kill -9 "$pid" 2>/dev/null || true; done
  if [ -n "${KEEP:-}" ] || [ "$failed" != 0 ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap cleanup EXIT
begin() { # NODE
  : >"$work/out$1"
  $millrace server --data "$work/data$1" --set node.id="$1" --set process.roles=broker,controller --set controller.quorum.voters="$voters" \
    --set listeners="PLAINTEXT://127.0.0.1:$((port + $1 - 1)),CONTROLLER://127.0.0.1:$((port + 99 + $1))" --http 127.0.0.1:0 \
    >"$work/out$1" 2>>"$work/err$1" & pids[$1]=$!
}
ready() { until grep -q '^ready ' "$work/out$1"; do kill -0 "${pids[$1]}" 2>/dev/null || { cat "$work/err$1"; exit 1; }; sleep 0.05; done; }
report() { if [ "$2" = 0 ]; then echo "ok      $1"; else echo "FAILED  $1"; failed=$((failed + 1)); fi; }
numbers() { local n=0; while [ ! -e "$work/stop" ]; do echo "$n"; n=$((n + 1)); sleep 0.005; done; echo "$n" >"$work/count"; }

for node in 1 2 3; do begin $node; done; for node in 1 2 3; do ready $node; done
$millrace topic create t -p 6 -r 3 >/dev/null
numbers | $millrace produce t --acks all >"$work/produced" 2>&1 & writer=$!
for _ in $(seq "$rounds"); do
  for node in 1 2 3; do
    kill -TERM "${pids[$node]}"; code=0; wait "${pids[$node]}" || code=$?; report "node $node ends in order" "$code"
    begin $node; ready $node; code=0; $millrace cluster wait --nodes 3 --timeout 60 >/dev/null || code=$?; report "all copies are in sync" "$code"
  done
done
touch "$work/stop"; code=0; wait "$writer" || code=$?; writer=; report "the producer has lost nothing" "$code"
$millrace consume t --from-beginning --until-end --format '%v\n' 2>/dev/null | sort -n >"$work/read"
code=0; seq 0 $(($(cat "$work/count") - 1)) | sort -n | cmp -s - "$work/read" || code=1; report "$(cat "$work/count") records are there, each once" "$code"
$millrace topic delete t >/dev/null; $millrace topic create two -p 3 -r 2 >/dev/null
$millrace cluster remove 3 --timeout 60 2>"$work/remove" & removing=$!
until grep -q 'stop it now' "$work/remove"; do kill -0 $removing || break; sleep 0.1; done
[ "$($millrace cluster quorum 2>/dev/null | grep -cE 'leader|voter')" = 2 ] && code=0 || code=1; report "two voters are left" "$code"
kill -0 "${pids[3]}" 2>/dev/null && code=0 || code=1; report "the node whose vote was taken goes on" "$code"
kill -TERM "${pids[3]}"; code=0; wait "${pids[3]}" || code=$?; report "and ends in order" "$code"; unset 'pids[3]'
code=0; wait $removing || code=$?; report "it is no longer part of the cluster" "$code"
[ "$failed" = 0 ]
