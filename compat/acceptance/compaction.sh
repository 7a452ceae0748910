#!/usr/bin/env bash
# Compaction judged from outside: many updates of fewer keys, in four codecs and with tombstones, end as the map of last values,
# offsets and order kept, over kill -9 in the middle; Apache's dump tool agrees. Keys take more memory than the cleaner may have.
# usage: compaction.sh [UPDATES [KEYS]]     default 200000 40000; the full size is 5000000 1000000
# env: MILLRACE  what to run instead of ./millrace   PORT (19192)   KEEP=1 leaves the working folder   needs: kcat, python3, Maven
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
updates=${1:-200000}; keys=${2:-40000}; millrace=${MILLRACE:-$root/millrace}
for tool in kcat python3; do command -v "$tool" >/dev/null || { echo "compaction.sh: $tool is missing: install it" >&2; exit 2; }; done
work=$(mktemp -d); port=${PORT:-19192}; at=127.0.0.1:$port; passed=0; failed=0; server=
cleanup() { [ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; [ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"; }
trap cleanup EXIT
report() { if [ "$2" = 0 ]; then passed=$((passed+1)); echo "ok      $1"; else failed=$((failed+1)); echo "FAILED  $1"; fi; }
start() {
  "$millrace" server --data "$work/data" --listen "$at" --http 127.0.0.1:0 --set log.cleaner.backoff.ms=300 \
    --set log.cleaner.dedupe.buffer.size=$((keys * 8)) >"$work/out" 2>>"$work/err" & server=$!
  until grep -q '^ready ' "$work/out"; do kill -0 "$server" 2>/dev/null || { cat "$work/err"; exit 1; }; sleep 0.05; done
}
cleaned() { awk '$1 == "updates" { print $3 }' "$work/data/cleaner-offset-checkpoint" 2>/dev/null || true; }

# one line an update: key TAB value; every 11th is a tombstone, each key comes about UPDATES/KEYS times
python3 - "$updates" "$keys" > "$work/written" <<'PY'
import sys
updates, keys = int(sys.argv[1]), int(sys.argv[2])
state = 12345
for n in range(updates):
    state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
    print(f"key-{(state >> 33) % keys}", "" if n % 11 == 10 else f"value-{n}-" + "x" * (n % 40), sep="\t")
PY
echo "updates: $updates of $keys keys, $(du -m "$work/written" | cut -f1) MB"
start
"$millrace" topic create updates --partitions 1 --set cleanup.policy=compact --set segment.bytes=1048576 \
  --set min.cleanable.dirty.ratio=0.01 --set delete.retention.ms=0 --set segment.ms=600000 --bootstrap "$at" >/dev/null
split -n l/4 "$work/written" "$work/part-"
codecs=(none gzip lz4 zstd); n=0; code=0
for part in "$work"/part-*; do
  kcat -P -b "$at" -t updates -p 0 -K '	' -Z -X acks=all -X enable.idempotence=true -z "${codecs[$n]}" -l "$part" || code=1; n=$((n+1))
done
report "four codecs are written" "$code"
for round in 1 2 3; do
  sleep "0.$((round * 3))"; kill -9 "$server"; wait "$server" 2>/dev/null || true; start; echo "        killed and restarted, cleaned up to $(cleaned)"
done
"$millrace" topic alter updates --set segment.ms=1000 --bootstrap "$at" >/dev/null 2>>"$work/err"; sleep 1.5
printf 'the end\tof all\n' | kcat -P -b "$at" -t updates -p 0 -K '	' -X acks=all
waited=0; until [ "$(cleaned)" = "$updates" ] || [ "$waited" -ge 1800 ]; do sleep 0.5; waited=$((waited+1)); done
[ "$(cleaned)" = "$updates" ]; report "all is cleaned" $?
"$millrace" topic alter updates --set min.cleanable.dirty.ratio=1 --bootstrap "$at" >/dev/null 2>>"$work/err"; sleep 1
kcat -C -b "$at" -t updates -p 0 -o beginning -e -q -f '%o\t%k\t%S\t%s\n' > "$work/read"
code=0; python3 - "$work/written" "$work/read" <<'PY' || code=$?
import sys
written = [line.rstrip("\n").split("\t") for line in open(sys.argv[1])]
last = {key: n for n, (key, value) in enumerate(written)}
expected = {key: written[n][1] for key, n in last.items() if written[n][1]}
seen, previous, wrong = {}, -1, []
for line in open(sys.argv[2]):
    offset, key, size, value = line.rstrip("\n").split("\t")
    offset = int(offset)
    if offset <= previous: wrong.append(f"offset {offset} after {previous}")
    previous = offset
    if key == "the end": continue
    if written[offset] != [key, value]: wrong.append(f"offset {offset} holds {key}={value}, written was {written[offset]}")
    if key in seen: wrong.append(f"key {key} is there twice, at {seen[key]} and {offset}")
    if last[key] != offset: wrong.append(f"key {key} is there at {offset}, its last record was {last[key]}")
    seen[key] = offset
found = {key: written[offset][1] for key, offset in seen.items() if written[offset][1]}
if found != expected: wrong.append(f"{len(expected.keys() - found.keys())} keys are missing, {len(found.keys() - expected.keys())} too many")
print(f"        {len(written)} updates became {len(seen)} records of {len(expected)} live keys")
for line in wrong[:5]: print("        " + line)
sys.exit(bool(wrong))
PY
report "what is left is the map of last values, in order" "$code"
kill -TERM "$server"; code=0; wait "$server" || code=$?; server=; report "SIGTERM ends with 0" "$code"
code=0; "$here/judge.sh" "$work/data" >"$work/judge" 2>&1 || code=$?; [ "$code" = 0 ] || cat "$work/judge"; report "Apache's dump tool agrees" "$code"
echo "compaction: $passed passed, $failed failed"
[ "$failed" = 0 ]
