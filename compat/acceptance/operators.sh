#!/usr/bin/env bash
# What operators need seldom, as docs/operating.md says it: a voter that is dead is removed; one whose vote was taken while it was down
# comes back without, and gets it again; the disks of a majority are gone for ever; a data directory of an older release, of a newer one.
# usage: operators.sh [PART...]    voters, majority, versions; all of them without a PART
# env: PORT (19792, and the two above; controllers 100 above)   MILLRACE what to run instead of ./millrace   KEEP=1 leaves the working folder
#      OLD what to run of an older release: its data is read, and three of its nodes are replaced one by one
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
millrace=${MILLRACE:-$root/millrace}; port=${PORT:-19792}; work=$(mktemp -d); declare -A pids; failed=0
at=127.0.0.1:$port,127.0.0.1:$((port + 1)),127.0.0.1:$((port + 2)); export MILLRACE_BOOTSTRAP=$at
voter() { echo "$1@127.0.0.1:$((port + 99 + $1))"; }
all="$(voter 1),$(voter 2),$(voter 3)"
cleanup() {
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  if [ -n "${KEEP:-}" ] || [ "$failed" != 0 ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap cleanup EXIT
begin() { # NODE VOTERS [LAUNCHER]
  : >"$work/out$1"
  "${3:-$millrace}" server --data "$work/data$1" --set node.id="$1" --set process.roles=broker,controller --set controller.quorum.voters="$2" \
    --set listeners="PLAINTEXT://127.0.0.1:$((port + $1 - 1)),CONTROLLER://127.0.0.1:$((port + 99 + $1))" --http 127.0.0.1:0 \
    >"$work/out$1" 2>>"$work/err$1" & pids[$1]=$!
}
ready() { until grep -q '^ready ' "$work/out$1"; do kill -0 "${pids[$1]}" 2>/dev/null || { tail -3 "$work/err$1"; exit 1; }; sleep 0.1; done; }
crash() { kill -9 "${pids[$1]}"; wait "${pids[$1]}" 2>/dev/null || true; unset "pids[$1]"; }
stop() { kill -TERM "${pids[$1]}"; wait "${pids[$1]}" || { echo "FAILED  node $1 does not end with 0"; failed=$((failed + 1)); }; unset "pids[$1]"; }
report() { if [ "$2" = 0 ]; then echo "ok      $1"; else echo "FAILED  $1"; failed=$((failed + 1)); fi; }
does() { local what=$1 code=0; shift; "$@" >"$work/did" 2>&1 || code=1; report "$what" $code; [ $code = 0 ] || sed 's/^/        /' "$work/did" | tail -5; }
soon() { for _ in $(seq 300); do if "$@" >/dev/null 2>&1; then return 0; fi; sleep 0.2; done; "$@"; }
votes() { [ "$($millrace cluster quorum 2>/dev/null | grep -cE 'leader|voter')" = "$1" ]; }
write() { seq "$2" "$3" | $millrace produce "$1" --acks all >/dev/null 2>&1; }
holds() { $millrace consume "$1" --from-beginning --until-end --format '%v\n' 2>/dev/null | sort -n | cmp -s - <(seq "$2" "$3"); }
leaderless() { { $millrace doctor 2>/dev/null || true; } | grep '^leaders *problem .*unclean.leader.election.enable'; } # which ends with 1 when it finds a problem
fresh() { for node in 1 2 3; do begin $node "$all" "${1:-}"; done; for node in 1 2 3; do ready $node; done; }
end() { for node in "${!pids[@]}"; do stop "$node"; done; rm -rf "$work"/data* "$work"/err*; }

voters() {
  fresh; $millrace topic create t -p 6 -r 2 >/dev/null; write t 1 1000
  crash 3
  does "a voter that is dead gives up its vote" $millrace cluster remove-voter 3
  does "two voters are left" soon votes 2
  begin 3 "$all"; ready 3
  does "it comes back without a vote" votes 2
  does "and says so in one line" grep -q 'was taken out of the voters and is a broker without a vote' "$work/err3"
  does "and copies again" $millrace cluster wait --nodes 3 --timeout 60
  stop 3; rm -r "$work/data3/__cluster_metadata-0"; begin 3 "$all"; ready 3
  does "it votes again without the metadata that it followed" soon votes 3
  crash 3
  does "a node that is dead is removed with its vote and its copies" $millrace cluster remove 3 --timeout 90
  does "two voters are left" soon votes 2
  does "its copies are elsewhere" $millrace cluster wait --nodes 2 --timeout 60
  does "all records are there" holds t 1 1000
  begin 3 "$all"; ready 3
  does "started again it is a broker without a vote" votes 2
  end
}

majority() {
  fresh; $millrace topic create m -p 6 -r 3 >/dev/null; write m 1 1000
  stop 1; crash 2; crash 3 # in order, so that only the others are in sync at the end
  rm -rf "$work/data2" "$work/data3"
  begin 1 "$all"; sleep 8
  does "the node that is left waits and says for whom" grep -q 'no leader of the metadata is known yet' "$work/err1"
  crash 1
  does "what it has heard of can be looked at" sh -c "$millrace dump $work/data1/__cluster_metadata-0/*.log | tail -1 | grep ."
  cp -r "$work/data1/__cluster_metadata-0" "$work/copy"
  rm -r "$work/data1/__cluster_metadata-0/raft"
  begin 1 "$(voter 1)"; ready 1
  does "the doctor names partitions that only lost nodes had in sync" soon leaderless
  does "what is left of them may lead" $millrace topic alter m --set unclean.leader.election.enable=true
  does "all records are there" soon holds m 1 1000
  does "and the setting goes back" $millrace topic alter m --unset unclean.leader.election.enable
  begin 2 "$(voter 1),$(voter 2)"; sleep 1
  does "a second voter is added" soon $millrace cluster add-voter 2
  begin 3 "$all"; sleep 1
  does "and a third" soon $millrace cluster add-voter 3
  ready 2; ready 3
  does "all copies are made again" $millrace cluster wait --nodes 3 --timeout 90
  stop 1; begin 1 "$all"; ready 1
  does "with the full list everywhere" $millrace cluster wait --nodes 3 --timeout 60
  write m 1001 1500
  does "and goes on" holds m 1 1500
  end
}

# Raises a version with sed in a file of node 1's directory: one line, code 1, nothing changed.
refuses() { # FILE SED
  local code=0 before
  cp -r "$work/data1" "$work/kept"; sed -i "$2" "$work/data1/$1"; before=$(cd "$work/data1" && find . -type f ! -name .lock -exec md5sum {} + | sort)
  timeout 60 "$millrace" server --data "$work/data1" --listen 127.0.0.1:$port --http 127.0.0.1:0 >"$work/out1" 2>"$work/did" || code=$?
  [ $code != 0 ] && [ $code != 124 ] && grep -q 'newer release' "$work/did" && [ "$(grep -vc ' INFO ' "$work/did")" = 1 ] && code=0 || code=1
  [ "$before" = "$(cd "$work/data1" && find . -type f ! -name .lock -exec md5sum {} + | sort)" ] || code=1
  report "version raised in $1: $(grep -v ' INFO ' "$work/did" | head -1)" $code
  rm -rf "$work/data1"; mv "$work/kept" "$work/data1"
}

versions() {
  if [ -n "${OLD:-}" ]; then
    fresh "$OLD"; $millrace topic create v -p 6 -r 3 >/dev/null; write v 1 1000
    for node in 1 2 3; do
      if [ $node = 2 ]; then crash $node; else stop $node; fi
      begin $node "$all"; ready $node
      does "node $node of the older release goes on with this one" $millrace cluster wait --nodes 3 --timeout 60
      write v $((node * 1000 + 1)) $((node * 1000 + 1000))
    done
    does "all records are there" holds v 1 4000
    does "the finished upgrade" $millrace cluster quorum
    end
  fi
  local first=${OLD:-$millrace}
  "$first" server --data "$work/data1" --listen 127.0.0.1:$port --http 127.0.0.1:0 >"$work/out1" 2>"$work/err1" & pids[1]=$!; ready 1
  $millrace topic create s -p 2 >/dev/null; write s 1 1000; stop 1
  refuses meta.properties 's/^version=.*/version=99/'
  refuses s-0/partition.metadata 's/^version: .*/version: 99/'
  "$millrace" server --data "$work/data1" --listen 127.0.0.1:$port --http 127.0.0.1:0 >"$work/out1" 2>"$work/err1" & pids[1]=$!; ready 1
  does "as it was it is served" holds s 1 1000
  end
}

for part in ${*:-voters majority versions}; do "$part"; done
[ "$failed" = 0 ]
