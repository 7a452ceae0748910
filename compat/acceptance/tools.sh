#!/usr/bin/env bash
# Apache's command-line tools against a fresh cluster of three nodes with two log directories each: what they print, and with which code
# they end. The expectations were checked beside a cluster of Apache Kafka 4.3; BOOTSTRAP and CONTROLLERS run the same against another
# cluster (its nodes 1, 2 and 3), without what needs the processes.
# usage: tools.sh       needs: Maven; builds nothing of Millrace
# env: PORT (19492, and the two above; controllers 100 above)   BOOTSTRAP, CONTROLLERS   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
command -v mvn >/dev/null || { echo "tools.sh: mvn is missing: install it" >&2; exit 2; }
cache=${XDG_CACHE_HOME:-$HOME/.cache}/millrace-acceptance; mkdir -p "$cache"
work=$(mktemp -d); out=$work/printed; mkdir "$out"; port=${PORT:-19492}; declare -A pids; passed=0; failed=0; tools=
at=${BOOTSTRAP:-127.0.0.1:$port,127.0.0.1:$((port + 1)),127.0.0.1:$((port + 2))}
controllers=${CONTROLLERS:-127.0.0.1:$((port + 100)),127.0.0.1:$((port + 101)),127.0.0.1:$((port + 102))}
voters="1@127.0.0.1:$((port + 100)),2@127.0.0.1:$((port + 101)),3@127.0.0.1:$((port + 102))"
cleanup() {
  for pid in "${pids[@]}" $tools; do kill -9 "$pid" 2>/dev/null || true; done
  if [ -n "${KEEP:-}" ] || [ "$failed" != 0 ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap cleanup EXIT
begin() { # NODE
  : >"$work/out$1"
  ${MILLRACE:-$root/millrace} server --set node.id="$1" --set process.roles=broker,controller --set controller.quorum.voters="$voters" --set broker.rack="rack$1" \
    --set listeners="PLAINTEXT://127.0.0.1:$((port + $1 - 1)),CONTROLLER://127.0.0.1:$((port + 99 + $1))" --set group.initial.rebalance.delay.ms=0 \
    --set offsets.topic.num.partitions=4 --set log.dirs="$work/data$1/a,$work/data$1/b" --http 127.0.0.1:0 >"$work/out$1" 2>>"$work/err$1" 7>&- 8<&- & pids[$1]=$!
}
ready() { until grep -q '^ready ' "$work/out$1"; do kill -0 "${pids[$1]}" 2>/dev/null || { cat "$work/err$1"; exit 1; }; sleep 0.05; done; }

[ -d "$cache/tools" ] || mvn -q -B -f "$here/tools-pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$cache/tools" >/dev/null
if [ -z "${BOOTSTRAP:-}" ]; then for node in 1 2 3; do begin $node; done; for node in 1 2 3; do ready $node; done; fi
mkfifo "$work/in" "$work/answers"
"$JAVA_HOME/bin/java" -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$cache/tools/*" "$here/Tools.java" "$out" <"$work/in" >"$work/answers" 2>>"$work/tools-err" & tools=$!
exec 7>"$work/in" 8<"$work/answers"

t=org.apache.kafka.tools
declare -A classes=([topics]=$t.TopicCommand [configs]=kafka.admin.ConfigCommand [reassign]=$t.reassign.ReassignPartitionsCommand [elect]=$t.LeaderElectionCommand
  [quorum]=$t.MetadataQuorumCommand [features]=$t.FeatureCommand [dirs]=$t.LogDirsCommand [cluster]=$t.ClusterTool [groups]=$t.consumer.group.ConsumerGroupCommand
  [all-groups]=$t.GroupsCommand [share]=$t.consumer.group.ShareGroupCommand [transactions]=$t.TransactionsCommand [offsets]=$t.GetOffsetShell
  [delete]=$t.DeleteRecordsCommand [latency]=$t.EndToEndLatency [metrics]=$t.ClientMetricsCommand [produce]=$t.ProducerPerformance [consume]=$t.ConsumerPerformance)
step=0; code=; printed=
run() { # TOOL ARGUMENTS: sets code and printed
  local tool=$1 name line; shift
  step=$((step + 1)); name=$(printf '%03d-%s' $step "$tool")
  { printf '%s\t%s' "$name" "${classes[$tool]}"; printf '\t%s' "$@"; printf '\n'; } >&7
  while IFS=$'\t' read -r line code <&8; do [ "$line" != "$name" ] || break; done
  printed=$out/$name; what="$tool $*"
}
tool() { local one=$1; shift; run "$one" --bootstrap-server "$at" "$@"; }
ok() { passed=$((passed + 1)); }
wrong() { failed=$((failed + 1)); echo "FAILED  $what: $1 (code $code)"; sed 's/^/        /' "$printed" | head -8; }
prints() { for one in "$@"; do grep -Eq -- "$one" "$printed" || { wrong "does not print $one"; return; }; done; ok; }
lacks() { if grep -Eq -- "$1" "$printed"; then wrong "prints $1"; else ok; fi; }
ends() { if [ "$code" = "$1" ]; then ok; else wrong "should end with $1"; fi; }
json() { echo "$2" >"$work/$1.json"; echo "$work/$1.json"; }

# topics
tool topics --create --topic a --partitions 3 --replication-factor 3 --config min.insync.replicas=2; ends 0; prints 'Created topic a'
tool topics --create --topic b --replica-assignment 1:2,2:3 --config retention.ms=3600000; ends 0
tool topics --create --topic a; ends 1; prints "already exists"
tool topics --create --topic a --if-not-exists; ends 0
tool topics --create --topic 'bad name!'; ends 1; prints 'Error while executing.*bad name'
tool topics --create --topic c --replication-factor 4 --partitions 1; ends 1; prints 'Error while executing.*4'
tool topics --create --topic c --config nonsense=1; ends 1
tool topics --list; prints '^a$' '^b$'
tool topics --describe --topic a; prints 'PartitionCount: 3.*ReplicationFactor: 3.*min.insync.replicas=2' 'Partition: 2.*Isr: [123],[123],[123]'
tool topics --describe --under-replicated-partitions; lacks Partition
tool topics --describe --unavailable-partitions; lacks Partition
tool topics --describe --at-min-isr-partitions; lacks 'Topic: a'
tool topics --describe --topics-with-overrides; prints 'Topic: b.*retention.ms=3600000'
tool topics --alter --topic a --partitions 5; ends 0
tool topics --alter --topic a --partitions 2; ends 1; prints 'not be an increase'
tool topics --alter --topic zzz --partitions 3; ends 1
run produce --topic a --num-records 20000 --record-size 500 --throughput -1 --producer-props bootstrap.servers="$at" acks=all; prints '^20000 records sent'
run produce --topic b --num-records 3000 --record-size 500 --throughput -1 --producer-props bootstrap.servers="$at" acks=all; prints '^3000 records sent'
# offsets and deletion
tool offsets --topic a --time -2; [ "$(grep -c ':0$' "$printed")" = 5 ] && ok || wrong 'should begin at 0 five times'
tool offsets --topic a; [ "$(awk -F: '{ n += $3 } END { print n }' "$printed")" = 20000 ] && ok || wrong 'should add up to 20000'
tool offsets --topic b --time max-timestamp; ends 0
tool offsets --topic zzz; ends 1
tool delete --offset-json-file "$(json del '{"version":1,"partitions":[{"topic":"a","partition":0,"offset":10},{"topic":"a","partition":1,"offset":-1}]}')"; prints 'partition: a-0.*low_watermark: 10'
tool delete --offset-json-file "$(json del '{"version":1,"partitions":[{"topic":"a","partition":2,"offset":100000000},{"topic":"zzz","partition":1,"offset":-1}]}')"; prints OffsetOutOfRange
tool offsets --topic-partitions a:0 --time -2; prints '^a:0:10$'
# settings of topics, brokers, groups, clients' metrics
tool configs --describe --entity-type topics --entity-name b; prints 'retention.ms=3600000 sensitive=false'
tool configs --alter --entity-type topics --entity-name b --add-config 'max.message.bytes=77777,cleanup.policy=[delete,compact]'; ends 0
tool configs --alter --entity-type topics --entity-name b --delete-config retention.ms,cleanup.policy; ends 0
tool configs --describe --entity-type topics --entity-name b; prints max.message.bytes=77777; lacks retention.ms
tool configs --alter --entity-type topics --entity-name b --add-config retention.ms=-5; ends 1; prints InvalidConfigurationException
tool configs --alter --entity-type topics --entity-name zzz --add-config retention.ms=1000; ends 1; prints UnknownTopicOrPartition
tool configs --alter --entity-type brokers --entity-name 1 --add-config log.cleaner.threads=2; ends 0
tool configs --describe --entity-type brokers --entity-name 1; prints 'log.cleaner.threads=2'
tool configs --alter --entity-type brokers --entity-default --add-config message.max.bytes=2000000; ends 0
tool configs --describe --entity-type brokers --entity-default; prints message.max.bytes=2000000
tool configs --alter --entity-type brokers --entity-name 1 --add-config node.id=9; ends 1; prints InvalidRequestException
tool configs --alter --entity-type brokers --entity-name 1 --add-config log.cleaner.threads=x; ends 1
tool configs --alter --entity-type brokers --entity-name 1 --add-config num.network.threads=1000; ends 1; prints 'InvalidRequest|InvalidConfiguration|ConfigException'
tool configs --alter --entity-type brokers --entity-name 1 --delete-config log.cleaner.threads; ends 0
tool configs --alter --entity-type brokers --entity-default --delete-config message.max.bytes; ends 0
tool configs --describe --entity-type brokers --entity-name 1 --all; prints 'node.id=1 ' 'log.cleaner.threads=1 '
tool configs --alter --entity-type groups --entity-name g1 --add-config consumer.session.timeout.ms=50000; ends 0
tool configs --describe --entity-type groups --entity-name g1; prints consumer.session.timeout.ms=50000
tool configs --alter --entity-type groups --entity-name g1 --add-config consumer.session.timeout.ms=1; ends 1
tool configs --alter --entity-type groups --entity-name g1 --delete-config consumer.session.timeout.ms; ends 0
tool configs --alter --entity-type client-metrics --entity-name m1 --add-config 'interval.ms=5000,metrics=[org.apache.kafka.consumer.]'; ends 0
tool metrics --describe --name m1; prints interval.ms=5000
tool metrics --list; prints '^m1$'
tool metrics --delete --name m1; ends 0
# moves between nodes
tool reassign --generate --topics-to-move-json-file "$(json gen '{"topics":[{"topic":"a"}],"version":1}')" --broker-list 1,2,3; ends 0; prints 'Proposed'
tool reassign --generate --topics-to-move-json-file "$work/gen.json" --broker-list 1,2; ends 1
moves=$(json moves '{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[2,1]},{"topic":"b","partition":0,"replicas":[3,2]}]}')
tool reassign --execute --reassignment-json-file "$moves" --throttle 1000; ends 0; prints 'Successfully started'
tool configs --describe --entity-type brokers --entity-name 1; prints leader.replication.throttled.rate=1000 follower.replication.throttled.rate=1000
tool reassign --list; prints 'b-0: replicas: 3,[12],[12]\. adding: 3\. removing: 1'
tool reassign --verify --reassignment-json-file "$moves"; prints 'partition b-0 is still in progress'
tool reassign --execute --reassignment-json-file "$moves"; ends 1
tool reassign --cancel --reassignment-json-file "$moves"; ends 0; prints 'Successfully cancelled'
tool reassign --list; prints 'No partition reassignments'
tool configs --describe --entity-type brokers --entity-name 1; lacks throttled
tool reassign --execute --reassignment-json-file "$moves"; ends 0
for _ in $(seq 50); do tool reassign --verify --reassignment-json-file "$moves"; grep -q 'in progress' "$printed" || break; done
prints 'partition b-0 is completed' 'partition a-0 is completed'
tool topics --describe --topic b; prints 'Partition: 0.*Replicas: 3,2'
tool reassign --execute --reassignment-json-file "$(json bad '{"version":1,"partitions":[{"topic":"zzz","partition":0,"replicas":[2,1]}]}')"; ends 1
tool reassign --execute --reassignment-json-file "$(json bad '{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[2,9]}]}')"; ends 1
# and between directories of a node
tool reassign --execute --reassignment-json-file "$(json bad '{"version":1,"partitions":[{"topic":"a","partition":1,"replicas":[1,2,3],"log_dirs":["/nowhere","any","any"]}]}')"; ends 1; prints 'LogDirNotFound|log directory|log dir'
tool dirs --describe --topic-list a; prints '"partition":"a-1".*"isFuture":false'
tool dirs --describe --broker-list 9; ends 1
if [ -z "${BOOTSTRAP:-}" ]; then
  [ -d "$work/data1/a/a-3" ] && there=b || there=a
  move=$(json dir '{"version":1,"partitions":[{"topic":"a","partition":3,"replicas":[1,2,3],"log_dirs":["'"$work/data1/$there"'","any","any"]}]}')
  tool reassign --execute --reassignment-json-file "$move" --replica-alter-log-dirs-throttle 100000; ends 0; prints "moving log directory to $work/data1/$there for replica a-3 with broker 1"
  tool dirs --describe --broker-list 1 --topic-list a; prints '"isFuture":true'
  kill -9 "${pids[1]}"; wait "${pids[1]}" 2>/dev/null || true; begin 1; ready 1
  tool configs --alter --entity-type brokers --entity-default --add-config replica.alter.log.dirs.io.max.bytes.per.second=100000000; ends 0
  tool configs --alter --entity-type brokers --entity-name 1 --delete-config replica.alter.log.dirs.io.max.bytes.per.second
  for _ in $(seq 100); do tool reassign --verify --reassignment-json-file "$move"; grep -q 'in progress' "$printed" || break; done
  prints 'replica a-3-1 completed successfully'
  [ -d "$work/data1/$there/a-3" ] && [ "$(ls -d "$work"/data1/*/a-3 | wc -l)" = 1 ] && ok || wrong 'should lie in one directory'
fi
# elections
tool elect --election-type preferred --all-topic-partitions; ends 0
tool elect --election-type preferred --topic b --partition 0; ends 0
tool topics --describe --topic b; prints 'Partition: 0.*Leader: 3'
tool elect --election-type unclean --topic a --partition 0; ends 0
tool elect --election-type preferred --topic zzz --partition 0; ends 1; prints UnknownTopicOrPartition
# the metadata
tool quorum describe --status; ends 0; prints '^LeaderId: *[123]' '^MaxFollowerLag: *[0-9]' '"id": 3'
tool quorum describe --replication; [ "$(grep -cwE 'Leader|Follower' "$printed")" = 3 ] && ok || wrong 'should have three voters'
run quorum --bootstrap-controller "$controllers" describe --status; ends 0; prints '^LeaderId'
tool quorum remove-controller --controller-id 9 --controller-directory-id AAAAAAAAAAAAAAAAAAAAAQ; ends 1
tool quorum remove-controller --controller-id 3 --controller-directory-id AAAAAAAAAAAAAAAAAAAAAA; ends 1; prints InvalidRequest
tool features describe; prints 'metadata.version.*4.3-IV0' 'kraft.version.*SupportedMaxVersion: 1' 'group.version.*FinalizedVersionLevel: 1' 'transaction.version.*FinalizedVersionLevel: 2'
run features version-mapping --release-version 4.3; prints 'metadata.version=30'
tool features upgrade --release-version 4.3; ends 0; prints 'kraft.version was upgraded to 1' 'metadata.version was upgraded to 30'
tool features upgrade --feature transaction.version=9; ends 1
tool features downgrade --feature transaction.version=1; ends 0
tool features describe; prints 'transaction.version.*FinalizedVersionLevel: 1'
tool features upgrade --feature transaction.version=2; ends 0
tool features downgrade --release-version 4.2; ends 1
run cluster cluster-id --bootstrap-server "$at"; prints '^Cluster ID: .{22}$'
run cluster list-endpoints --bootstrap-server "$at"; [ "$(grep -c 'unfenced *broker' "$printed")" = 3 ] && ok || wrong 'should list three brokers'
run cluster list-endpoints --bootstrap-controller "$controllers"; [ "$(grep -c 'controller *$' "$printed")" = 3 ] && ok || wrong 'should list three controllers'
run cluster unregister --bootstrap-server "$at" --id 9; ends 1
# groups, transactions, latency
tool consume --topic a --num-records 10000 --group g1; prints ', 1[0-9][0-9][0-9][0-9], '
tool groups --list; prints '^g1$'
tool groups --describe --group g1; prints 'g1 +a +0 '
tool groups --describe --group g1 --state; prints 'Empty +0'
tool groups --reset-offsets --group g1 --topic a:0 --to-offset 15 --execute; prints 'a +0 +15'
tool groups --delete-offsets --group g1 --topic a:0; ends 0; prints Successful
tool all-groups --list; prints 'g1 +Classic|g1 +Consumer'
tool groups --delete --group g1; ends 0
tool groups --delete --group none; prints 'could not be deleted|GroupIdNotFound'
tool share --list; ends 0
tool transactions list; ends 0; prints TransactionalId
tool transactions describe-producers --topic a --partition 2; ends 0; prints ProducerId
tool transactions find-hanging --broker-id 2; ends 0
run latency --bootstrap-server "$at" --topic b --num-records 100 --producer-acks all --record-size 100; ends 0; prints 'Avg latency'
tool topics --delete --topic b; ends 0
tool topics --delete --topic zzz; ends 1
tool topics --list; lacks '^b$'
# the one tool that does not return
what=broker-api-versions; printed=$out/api-versions; code=0
"$JAVA_HOME/bin/java" -Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$cache/tools/*" $t.BrokerApiVersionsCommand --bootstrap-server "$at" >"$printed" 2>>"$work/tools-err" || code=$?
ends 0; [ "$(grep -c 'AlterReplicaLogDirs(34): 1 to 2' "$printed")" = 3 ] && ok || wrong 'should list three brokers with AlterReplicaLogDirs'
exec 7>&- 8<&-; wait "$tools" || true; tools=
for node in "${!pids[@]}"; do kill -TERM "${pids[$node]}"; done
for node in "${!pids[@]}"; do wait "${pids[$node]}" || { failed=$((failed + 1)); echo "FAILED  node $node does not end with 0"; tail -3 "$work/err$node"; }; done
pids=()
echo "tools: $passed passed, $failed failed"
[ "$failed" = 0 ]
