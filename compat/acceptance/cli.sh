#!/usr/bin/env bash
# Every command of `millrace` that talks to a cluster, with what it prints and how it ends, good calls and wrong ones: against three nodes
# of its own, each a process, or against any cluster, Apache Kafka's as well. The same lines are expected of both; what only Millrace has is left out there.
# usage: cli.sh [BOOTSTRAP]      needs: python3
# env: PORT (19292 and the three above; controllers 100 above, HTTP 200 above)   MILLRACE (./millrace)   LIBS (its jars)   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
command -v python3 >/dev/null || { echo "cli.sh: python3 is missing: install it" >&2; exit 2; }
work=$(mktemp -d); port=${PORT:-19292}; passed=0; failed=0; children=; code=; what=; t=cli$$
millrace=${MILLRACE:-$root/millrace}; out=$work/out; err=$work/err; declare -A nodes
clean_up() {
  for one in $children "${nodes[@]}"; do kill -CONT "$one" 2>/dev/null && kill "$one" 2>/dev/null || true; done; wait 2>/dev/null || true
  if [ -n "${KEEP:-}" ] || [ "$failed" != 0 ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap clean_up EXIT
voter() { echo "$1@127.0.0.1:$((port + 99 + $1))"; }
voters=$(voter 1),$(voter 2),$(voter 3)
begin() { # NODE VOTERS
  : >"$work/out$1"
  "$millrace" server --data "$work/data/node-$1" --set node.id="$1" --set process.roles=broker,controller --set controller.quorum.voters="$2" \
    --set listeners="PLAINTEXT://127.0.0.1:$((port + $1 - 1)),CONTROLLER://127.0.0.1:$((port + 99 + $1))" --http "127.0.0.1:$((port + 199 + $1))" \
    --set group.initial.rebalance.delay.ms=0 --set offsets.topic.num.partitions=4 \
    --set transaction.state.log.num.partitions=4 --set share.coordinator.state.topic.num.partitions=4 \
    --set offsets.topic.replication.factor=2 --set transaction.state.log.replication.factor=2 --set transaction.state.log.min.isr=1 \
    --set share.coordinator.state.topic.replication.factor=2 --set share.coordinator.state.topic.min.isr=1 --set default.replication.factor=2 \
    >"$work/out$1" 2>>"$work/err$1" & nodes[$1]=$!
}
ready() { until grep -q '^ready ' "$work/out$1"; do kill -0 "${nodes[$1]}" 2>/dev/null || { tail -3 "$work/err$1"; exit 1; }; sleep 0.1; done; }
end() { kill "${nodes[$1]}"; wait "${nodes[$1]}" || true; unset "nodes[$1]"; }
own=yes; at=${1:-}
if [ -n "$at" ]; then own=; else
  at=127.0.0.1:$port,127.0.0.1:$((port + 1)),127.0.0.1:$((port + 2)); "$millrace" version >/dev/null
  for node in 1 2 3; do begin $node "$voters"; done; for node in 1 2 3; do ready $node; done
fi
export MILLRACE_BOOTSTRAP=$at MILLRACE_BUILD=never
"$millrace" version >"$out"
libs=${LIBS:-$root/server/target/$(readlink "$root/server/target/dist" || echo none)/lib}
copies=1; [ -z "$own" ] || copies=2 # a node can be drained then

m() { what="millrace $*"; code=0; timeout 90 "$millrace" "$@" >"$out" 2>"$err" <"${input:-/dev/null}" || code=$?; sane; }
ok() { passed=$((passed + 1)); }
wrong() { failed=$((failed + 1)); echo "FAILED  $what: $1 (code $code)"; head -n 6 "$out" | cut -c1-200 | sed 's/^/        out: /'; head -n 6 "$err" | sed 's/^/        err: /'; }
sane() { # nothing may ever look like this
  if [ "$code" = 124 ]; then wrong "hangs"; elif grep -Eq '^\s+at [a-z.]+|Exception|^\[.*\]' "$err"; then wrong "shows a stack trace, a class or a bar"; else ok; fi
}
done_() { if [ "$code" = 0 ]; then ok; else wrong "should end with 0"; fi; for one in "$@"; do if grep -Eq -- "$one" "$out"; then ok; else wrong "does not print $one"; fi; done; }
said() { if grep -Eq -- "$1" "$err"; then ok; else wrong "does not say $1"; fi; }
refused() { # CODE TEXT: one line on standard error, nothing on the other
  if [ "$code" = "$1" ]; then ok; else wrong "should end with $1"; fi
  if [ "$(wc -l <"$err")" = 1 ] && grep -Eq -- "^millrace: .*$2" "$err"; then ok; else wrong "should say $2 in one line"; fi
  if [ ! -s "$out" ]; then ok; else wrong "prints something"; fi
}
same() { if printf "$1" | cmp -s - "$out"; then ok; else wrong "should print exactly $1"; fi; }
json() { if python3 -c 'import json,sys
text=open(sys.argv[1]).read(); d=json.loads(text) if sys.argv[3]=="one" else [json.loads(l) for l in text.splitlines()]
assert eval(sys.argv[2]), d' "$out" "$1" "${2:-one}" 2>"$work/why"; then ok; else wrong "JSON is not so: $1: $(tail -1 "$work/why")"; fi; }
lines() { if [ "$(wc -l <"$out")" = "$1" ]; then ok; else wrong "should print $1 lines"; fi; }
in_() { printf "$1" >"$work/in"; input=$work/in; }
like_a_terminal() { # a shell lets its background jobs ignore Ctrl-C
  exec python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])' "$@"
}
chapter() { echo "cli: $1 ($passed so far, $failed failed)"; }

chapter topics
m topic create $t -p 3 -r $copies --set retention.ms=3600000; done_ '^TOPIC +PARTITIONS +REPLICAS +CREATED' "^$t +3 +$copies +true"
m topic create $t; refused 1 TOPIC_ALREADY_EXISTS
m topic create $t --if-missing; done_ 'false'
m topic create 'bad name!'; refused 1 'bad name!'
m topic create $t-x -r 99 -p 1; refused 1 INVALID_REPLICATION_FACTOR
m topic create $t-x --set nonsense=1; refused 1 nonsense
m topic create $t-x --set retention.ms=abc; refused 1 retention.ms
m topic create; refused 2 "'NAME'.*--help"
m topic crate $t; refused 2 'did you mean create'
m topic list; done_ "^$t +3 +$copies +false"
m topic list --json; json "any(t['topic']=='$t' and t['partitions']==3 for t in d)"
m topic list --jsn; refused 2 'did you mean --json'
m topic describe $t; done_ "^topic $t +id " 'retention.ms=3600000' '^PARTITION +LEADER +EPOCH'
m topic describe $t --json; json "d[0]['settings']['retention.ms']=='3600000' and len(d[0]['partitions'])==3 and d[0]['partitions'][0]['end']==0"
m topic describe $t --all-settings; done_ 'cleanup.policy=delete'
m topic describe $t-x; refused 1 'no such topic'
m topic alter $t -p 4; done_
m topic alter $t -p 1; refused 1 INVALID_PARTITIONS
m topic alter $t-x -p 3; refused 1 UNKNOWN_TOPIC
m topic alter $t --set max.message.bytes=2000000 --unset retention.ms; done_
m topic describe $t --json; json "d[0]['settings'].get('max.message.bytes')=='2000000' and 'retention.ms' not in d[0]['settings']"

chapter configs
m config topic $t; done_ 'max.message.bytes'
m config topic $t --set retention.ms=-5; refused 1 retention.ms
m config topic $t --set retention.ms=7200000; done_
m config topic $t --json; json "any(s['setting']=='retention.ms' and s['value']=='7200000' for s in d)"
m config topic $t-x; refused 1 UNKNOWN_TOPIC
m config group $t-g --set consumer.session.timeout.ms=50000; done_
m config group $t-g; done_ 'consumer.session.timeout.ms +50000'
m config group $t-g --set consumer.session.timeout.ms=1; refused 1 'session.timeout'
m config broker --set message.max.bytes=2000000; done_
m config broker --set mesage.max.bytes=2000000; refused 1 'did you mean message.max.bytes'
m config broker; done_ 'message.max.bytes +2000000'
m config broker --unset message.max.bytes; done_
m config broker 4711; refused 1 'no such node, node=4711'
m config nonsense x; refused 2 'KIND must be'

chapter "produce and consume"
in_ 'k1|one\nk2|two\nk1|\nplain\n'; m produce $t -k '|' --tombstones -H src=cli -p 0; done_; said "produced 4 records to $t"
m consume $t --from-beginning -e -f '%t-%p@%o %k=%v %h\n'; done_; same "$t-0@0 k1=one src=cli\n$t-0@1 k2=two src=cli\n$t-0@2 k1= src=cli\n$t-0@3 =plain src=cli\n"
m consume $t --from-beginning -e --json; json "d[2]['value'] is None and d[0]['headers']==[{'key':'src','value':'cli'}] and d[3]['key'] is None and len(d)==4" lines
m consume $t --from-beginning -e --key k1; lines 2
m consume $t --from-beginning -e --grep '^t.o$'; same 'two\n'
m consume $t --from-beginning -n 2; same 'one\ntwo\n'
m consume $t -p 0 --offset 3 -e; same 'plain\n'
m consume $t --from-time 10m -e; lines 4
m consume $t --from-time 2020-01-01 -n 1; same 'one\n'
m consume $t -e; same ''
m consume $t --from-beginning -n 0; same ''
m consume $t -n -3; refused 2 '--max must be 0 or more'
m consume $t -p 9 -e; refused 1 'no such partition'
m consume $t --offset 99999999 -e; refused 1 'no partition has such an offset'
m consume $t --from-time tomorrow; refused 2 'time must be like'
m consume $t --grep '('; refused 2 '--grep is no regular expression'
m consume $t --format '%x'; refused 2 'means nothing'
m consume $t -g $t-g --offset 3; refused 2 'goes on where the group is'
input=; printf '\377\376bad\n' >"$work/in"; input=$work/in; m produce $t -p 1; done_
m consume $t -p 1 --from-beginning -e; printf '\377\376bad\n' >"$work/expected"; if cmp -s "$out" "$work/expected"; then ok; else wrong "bytes are not as they were"; fi
m consume $t -p 1 --from-beginning -e --json; json "d[0]['valueBase64']=='//5iYWQ=' and 'value' not in d[0]" lines
in_ 'x\n'
m produce $t -p 1 --acks 0; done_; said 'produced 1 record to'
m produce $t -p 1 --acks 1; done_
m produce $t --acks 5; refused 2 '--acks must be all, 1 or 0'
for codec in gzip snappy lz4 zstd; do m produce $t -p 1 -z $codec; done_; done
m produce $t -z brotli; refused 2 brotli
m produce $t -p 77; refused 1 'no such partition'
m produce 'bad!'; refused 1 'names have letters'
m produce $t -H nothing; refused 2 'KEY=VALUE'
m produce $t -X nonsense=1; refused 1 'no such setting, name=nonsense'
m produce $t /no/such/file; refused 1 'no such file'
head -c 1500000 /dev/zero | tr '\0' x >"$work/big"; input=$work/big
m produce $t; refused 1 'larger than max.request.size'
m produce $t -X max.request.size=3000000 -p 2; done_
m topic alter $t --set max.message.bytes=1000000; done_
m produce $t -X max.request.size=3000000; refused 1 MESSAGE_TOO_LARGE
m consume $t -p 2 --from-beginning -n 1; if cmp -s "$out" "$work/big"  || cmp -s <(cat "$work/big"; echo) "$out"; then ok; else wrong "a large value comes back changed"; fi
seq 50000 >"$work/many"; input=$work/many; m produce $t -p 3; done_; input=
what="consume | head"; code=0; { timeout 60 "$millrace" consume $t -p 3 --from-beginning 2>"$err" || echo "$?" >"$work/code"; } | head -2 >"$out"; sane; lines 2
[ ! -s "$err" ] && ok || wrong "a reader that goes away is no news"
what="consume --json | head"; timeout 60 "$millrace" consume $t -p 3 --from-beginning --json 2>"$err" | head -1 >"$out" || true; sane; json "d[0]['value']=='1'" lines
what="consume --grep | head"; code=0; timeout 60 "$millrace" consume $t -p 3 --from-beginning --grep '^7$' 2>"$err" | head -1 >"$out" || code=$?; sane; same '7\n'
m consume $t -p 3 --from-beginning -e; lines 50000
what="produce until Ctrl-C"; mkfifo "$work/typed"; like_a_terminal "$millrace" produce $t -p 2 <"$work/typed" >"$out" 2>"$err" & child=$!; children="$children $child"
exec 8>"$work/typed"; printf 'typed\ntoo\n' >&8
for _ in $(seq 100); do [ "$("$millrace" consume $t -p 2 --from-beginning -e --grep '^(typed|too)$' | wc -l)" = 2 ] && break; done
kill -INT "$child"; code=0; wait "$child" || code=$?; exec 8>&-; [ "$code" = 130 ] && ok || wrong "Ctrl-C should end with 130"; sane; said 'stopped, produced 2 records to'
what="consume until Ctrl-C"; like_a_terminal "$millrace" consume $t -g $t-c --from-beginning >"$work/until" 2>"$work/until-err" & child=$!; children="$children $child"
until [ -s "$work/until" ]; do sleep 0.2; done
m group describe $t-c; done_ 'members 1'
m group reset-offsets $t-c -t $t --to-latest; [ "$code" = 1 ] && ok || wrong "a group with a member is not reset"; said 'millrace: '
kill -INT "$child"; code=0; wait "$child" || code=$?
[ "$code" = 130 ] && ok || wrong "Ctrl-C should end with 130"
m group describe $t-c; done_ "Empty +members 0"

chapter groups
m consume $t --from-beginning -g $t-g -n 3; lines 3
m group list; done_ '^GROUP +STATE +PROTOCOL +COORDINATOR' "^$t-g +Empty"
m group describe $t-g; done_ "^group $t-g " '^TOPIC +PARTITION +OFFSET +END +LAG +LAG SECONDS'
m group describe $t-g --json; json "sum(p['lag'] or 0 for p in d[0]['partitions'])>0 and d[0]['state']=='Empty'"
m group describe $t-none; refused 1 'no such group'
m group reset-offsets $t-g -t $t:0 --to-offset 1 --dry-run; done_ "^$t +0 +[0-9-]+ +1$"; said 'nothing was set'
m group reset-offsets $t-g -t $t:0 --to-offset 1; done_ "^$t +0 +[0-9-]+ +1$"
m group reset-offsets $t-g -t $t:0 --shift-by 1; done_ "^$t +0 +1 +2$"
m group reset-offsets $t-g -t $t --to-time 1h; done_ "^$t +0 +2 +0$"
m group reset-offsets $t-g -t $t --to-latest; done_ "^$t +0 +0 +4$"
m group reset-offsets $t-g --to-earliest --json; json "all(p['newOffset']==0 for p in d)"
m group reset-offsets $t-g -t $t:99 --to-earliest; refused 1 'no such partition'
m group reset-offsets $t-g -t $t-x --to-earliest; refused 1 'no such topic'
m group reset-offsets $t-g; refused 2 'missing required argument'
m group reset-offsets $t-none --to-latest; refused 1 'name topics with --topic'
m group delete $t-g; done_
m group delete $t-g; refused 1 GROUP_ID_NOT_FOUND

chapter "share groups and transactions"
"$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m -cp "$libs/*" "$here/CliScene.java" "$at" $t >"$work/scene" 2>"$work/scene-err" & scene=$!; children="$children $scene"
until [ "$(grep -cE 'shares|open' "$work/scene")" = 2 ]; do kill -0 $scene || { cat "$work/scene-err"; exit 1; }; sleep 0.2; done
m share-group list; done_ "^$t-share +Stable"
m share-group describe $t-share; done_ "^share group $t-share +Stable +members 1" '^TOPIC +PARTITION +START +LAG +CLIENTS'
m share-group reset-offsets $t-share --to-earliest; refused 1 NON_EMPTY_GROUP
m share-group describe $t-none; refused 1 GROUP_ID_NOT_FOUND
m transaction list; done_ '^ID +STATE +PRODUCER ID' "^$t-tx +Ongoing"
m transaction list --open-for 100000; if grep -q "^$t-tx" "$out"; then wrong "lists what is not old"; else ok; fi
m transaction list --json; json "[x for x in d if x['id']=='$t-tx'][0]['partitions']"
m transaction find-hanging; done_ '^TOPIC +PARTITION'; lines 1
m transaction find-hanging -t $t --open-for 0; done_; lines 1
m consume $t -p 0 --offset 4 -e --committed; same ''
m consume $t -p 0 --offset 4 -e; lines 1
m transaction abort $t-tx; done_
m transaction list; done_ "^$t-tx +(Empty|CompleteAbort|PrepareAbort)"
m transaction abort $t-none; refused 1 TRANSACTIONAL_ID_NOT_FOUND
m config broker --set transaction.partition.verification.enable=false; done_
"$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m -cp "$libs/*" "$here/CliScene.java" "$at" $t hang >"$work/scene2" 2>"$work/scene-err" || { cat "$work/scene-err"; exit 1; }
m config broker --unset transaction.partition.verification.enable; done_
m transaction find-hanging -t $t; done_; lines 1
m transaction find-hanging -t $t --open-for 0; done_ "^$t +0 "; lines 2; said 'add --abort to end them'
m consume $t -p 0 --offset 5 -e --committed --grep hangs; same ''
m transaction find-hanging -t $t --open-for 0 --abort; done_ "^$t +0 .* true$"; lines 2
m transaction find-hanging -t $t --open-for 0; done_; lines 1
m consume $t -p 0 --offset 5 -e --committed --grep hangs; same ''
kill $scene; wait $scene 2>/dev/null || true
for _ in $(seq 60); do m share-group describe $t-share; grep -q 'members 0' "$out" && break; done; done_ 'Empty +members 0'
m share-group reset-offsets $t-share --to-earliest --dry-run; done_ "^$t +0 +[0-9-]+ +0$"; said 'nothing was set'
m share-group reset-offsets $t-share --to-latest; done_
m share-group describe $t-share --json; json "[p for p in d[0]['partitions'] if p['partition']==3][0]['start']==50000"

chapter cluster
m cluster describe; done_ '^cluster .* topics ' '^ *NODE +ADDRESS'
m cluster describe --json; json "d['nodes'] if isinstance(d,dict) else d"
m cluster quorum; done_ 'leader'
m cluster quorum --json; json "d"
m cluster log-dirs; done_ '^NODE +DIRECTORY'
m cluster log-dirs --partitions; done_ "$t"
m cluster log-dirs --json; json "d"
m cluster wait --timeout 60; [ "$code" = 0 ] && ok || wrong "should end with 0"; cat "$err" >>"$out"; done_ 'in sync'
m cluster balance --dry-run; done_
m cluster drain 4711; refused 1 "no node 4711|only Millrace's do"
m doctor; done_ '^CHECK +VERDICT' '^nodes +ok' '^leaders +ok' '^copies +ok' '^quorum +ok'
m doctor --json; json "all(c['verdict']=='ok' for c in d)"
if [ -n "$own" ]; then
  m cluster drain 3 --timeout 80; done_
  m cluster describe; done_ '^ +3 .* 0 +0$'
  m cluster drain 3 --undo; done_
  m cluster add 3 --timeout 80; done_
  m cluster move-dir $t 0 --node 1 --to /nowhere; refused 1 LOG_DIR_NOT_FOUND
fi

if [ -n "$own" ]; then
  chapter "voters, and a node that comes and goes"
  soon() { for _ in $(seq 150); do "$@" && return 0; sleep 0.2; done; return 1; }
  votes() { [ "$("$millrace" cluster quorum 2>/dev/null | grep -cE ' (leader|voter) ')" = "$1" ]; }
  m cluster remove-voter 3; done_
  what="two voters are left"; if soon votes 2; then ok; else wrong "voters: $("$millrace" cluster quorum)"; fi
  m cluster remove-voter 3; refused 1 VOTER_NOT_FOUND
  m cluster add-voter 4711; refused 1 'start it first'
  end 3; rm -r "$work/data/node-3/__cluster_metadata-0"; begin 3 "$voters"; ready 3
  what="a named node votes again"; if soon votes 3; then ok; else wrong "voters: $("$millrace" cluster quorum)"; fi
  m cluster add-voter 3; refused 1 DUPLICATE_VOTER
  begin 4 "$voters,$(voter 4)"
  added() { m cluster add-voter 4; [ "$code" = 0 ]; }
  what="a fourth is added"; if soon added; then ok; else wrong "is not added"; fi
  ready 4; what="four vote"; if soon votes 4; then ok; else wrong "voters: $("$millrace" cluster quorum)"; fi
  m cluster wait --nodes 4 --timeout 60; [ "$code" = 0 ] && ok || wrong "should end with 0"
  m doctor; [ "$code" = 1 ] && ok || wrong "should end with 1"; grep -Eq '^quorum .*odd number' "$out" && ok || wrong "says nothing of four voters"
  m cluster add 4 --timeout 80; done_ 'has its part'
  stop_it() { until grep -q 'stop it now' "$work/gone-err" || ! kill -0 "$child" 2>/dev/null; do sleep 0.2; done; }
  : >"$work/gone-err"; what="cluster remove 4 until Ctrl-C"; like_a_terminal "$millrace" cluster remove 4 >"$work/gone" 2>"$work/gone-err" & child=$!; children="$children $child"
  stop_it; kill -INT "$child"; code=0; wait "$child" || code=$?; [ "$code" = 130 ] && ok || wrong "Ctrl-C should end with 130"
  cp "$work/gone" "$out"; cp "$work/gone-err" "$err"; sane; said 'stopped, node 4 is still a part of the cluster'
  what="millrace cluster remove 4"; code=0; timeout 90 "$millrace" cluster remove 4 --timeout 80 >"$work/gone" 2>"$work/gone-err" & child=$!; children="$children $child"
  stop_it; end 4; wait "$child" || code=$?; cp "$work/gone" "$out"; cp "$work/gone-err" "$err"; sane; done_ 'node 4 is no longer part of the cluster'
  m cluster describe; if grep -Eq '^ *4 ' "$out"; then wrong "still has node 4"; else ok; fi
  m cluster wait --nodes 3 --timeout 60; [ "$code" = 0 ] && ok || wrong "should end with 0"

  chapter schemas
  export MILLRACE_REGISTRY=http://127.0.0.1:$((port + 200)); s=$t-value
  echo '{"type":"record","name":"P","fields":[{"name":"a","type":"string"}]}' >"$work/a.avsc"
  echo '{"type":"record","name":"P","fields":[{"name":"a","type":"string"},{"name":"b","type":"int","default":0}]}' >"$work/b.avsc"
  echo '{"type":"record","name":"P","fields":[{"name":"c","type":"int"}]}' >"$work/c.avsc"
  m schema register $s "$work/a.avsc"; done_
  m schema check $s "$work/b.avsc"; done_
  m schema check $s "$work/c.avsc"; [ "$code" = 1 ] && ok || wrong "should end with 1"
  m schema register $s "$work/c.avsc"; refused 1 'incompatible'
  m schema register $s "$work/b.avsc"; done_
  m schema list; done_ "$s"
  m schema get $s; done_ '"b"'
  m schema get $s 1; done_ '"a"'
  m schema get $s-x; refused 1 'not found|no such'
  m schema diff $s 1; done_ '"b"'
  m schema config $s --compatibility none; done_
  m schema register $s /no/such; refused 1 'no such file'
  printf '{"a":"x","b":7}\n' >"$work/in"; input=$work/in; m produce $t -p 1 --value-schema $s; done_; input=
  m consume $t -p 1 --from-beginning -e --decode --grep x --json; grep -q '"valueSchema"' "$out" && ok || wrong "does not decode"
  m schema export; done_; cp "$out" "$work/all.jsonl"; [ "$(wc -l <"$out")" = 2 ] && ok || wrong "should print two versions"
  m schema delete $s; done_
  m schema import "$work/all.jsonl"; [ "$code" -le 1 ] && ok || wrong "should import"
  m schema import /no/such; refused 1 'no such file'
  m schema list --registry http://127.0.0.1:1; refused 1 '127.0.0.1:1'
fi

chapter bench
m topic create $t-b -p 2; done_
m bench produce $t-b -n 20000; done_ '^records +20000' '^recordsPerSecond'
m bench consume $t-b --json; json "d['records']==20000"
m bench latency $t-b -n 200 --json; json "d['records']==200 and d['p99Ms']>0"
m bench produce $t-x -n 5; refused 1 'no such topic'
m bench produce $t-b -n -4; refused 2 '--records must be above 0'
m bench produce $t-b -n 3 -s 2000000; refused 1 'max.request.size'
m bench latency $t-b -r 0; refused 2 '--rate'

chapter "files, and nobody there"
if [ -n "$own" ]; then
  m dump "$work"/data/node-*/$t-0; [ -s "$out" ] && ok || wrong "dumps nothing"
  m doctor "$work/data/node-1"; done_ 'a node runs here'
  # one that hangs
  kill -STOP "${nodes[1]}"; m topic list -b "127.0.0.1:$port"; refused 1 'no answer in time.*a node that hangs'; kill -CONT "${nodes[1]}"
  for node in 1 2 3; do end $node; done
  m doctor "$work/data/node-1"; done_ 'intact'
  m dump --records --json "$work"/data/node-*/$t-0; done_ 'k1|azE|one'
  damaged=$(ls -d "$work"/data/node-*/$t-3 | head -1); ill=$(dirname "$damaged"); log=$(ls "$damaged"/*.log | head -1)
  m doctor "$ill"; done_ 'intact'
  python3 -c 'import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(2000); b = f.read(1); f.seek(2000); f.write(bytes([b[0] ^ 1]))' "$log"
  m doctor "$ill"; [ "$code" = 1 ] && ok || wrong "a damaged directory is ill"; grep -q "$t-3" "$out" && ok || wrong "does not name the partition"; said 'something is wrong'
  m dump "$log"; [ "$code" = 1 ] && ok || wrong "a damaged file ends with 1"
  input=$work/many
  for command in "topic list" "produce $t" "consume $t -e" "group list" "share-group list" "transaction list" "cluster describe" "bench produce $t-b" "doctor" "config broker"; do
    # shellcheck disable=SC2086
    m $command; refused 1 'nobody listens'
  done
fi
input=
m topic list -b 127.0.0.1:1; refused 1 'nobody listens, node=127.0.0.1:1'
m topic list -b nohost.invalid:9092; refused 1 'host is not known'
m topic list -b nonsense; refused 2 'HOST:PORT'
m dump /no/such; [ "$code" = 1 ] && ok || wrong "should end with 1"
m doctor /no/such; refused 1 '/no/such'
m completion; done_ 'millrace'; bash -n "$out" && ok || wrong "is no shell script"
m tpic; refused 2 'did you mean topic'
m help; done_ 'share-group'
if [ -z "$own" ]; then m topic delete $t $t-b; done_; m topic delete $t; refused 1 UNKNOWN_TOPIC; m topic delete $t --if-there; done_; fi

echo "cli: $passed passed, $failed failed, bootstrap=$at"; [ "$failed" = 0 ]
