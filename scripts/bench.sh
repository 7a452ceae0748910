#!/bin/sh
# Measurements: `./dev bench compare` beside Apache Kafka, `./dev bench jmh` inside one process.
#   MILLRACE              the launcher to be measured instead of this repository's
#   MILLRACE_BENCH_BUILT  anything: the room was built already
# What is measured against and with comes from outside and is kept in MILLRACE_BENCH_CACHE (default
# ~/.cache/millrace-bench): Apache Kafka's jars by Maven, librdkafka's sources by npm.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cache=${MILLRACE_BENCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace-bench}
kafka_version=4.3.0
rdkafka_version=3.6.1
. "$root/scripts/jdk.sh"

usage() {
  cat <<'TEXT'
./dev bench compare [--nodes 3] [--rounds N] [--only NAME,...] [--size MB] [--partitions N] [--quick] [--page FILE]
                    Millrace beside Apache Kafka on this machine, in alternating rounds; writes docs/benchmarks.md
                    --nodes 3: clusters of three nodes
                    --partitions: how many are made where there are many (10 000 on a node, 5 000 in a cluster)
./dev bench clients [--rounds N] [--quick] [--only client-produce,client-consume,client-latency,client-start] [--rows TEXT] [--place DIR]
                    our client library beside kafka-clients and librdkafka on one node, whose files are in DIR (bench/target);
                    --rows: those whose names contain TEXT, such as "produce 1024 B plain"
./dev bench schemas [PART...]
                    the schema registry: start, lookups, register, replay, gate (all of them without a PART), and a table of goals
./dev bench list    the scenarios of compare
./dev bench jmh [REGEX] [JMH OPTIONS]
                    wire and log beside kafka-clients, in nanoseconds and bytes allocated
./dev bench tools   fetches and builds what compare needs, and nothing else
TEXT
}

need() {
  command -v "$1" >/dev/null 2>&1 || { echo "bench: $1 is not on the PATH; $2" >&2; exit 1; }
}

# Apache Kafka's jars and a logger, by the ordinary Maven client.
fetch_kafka() {
  kafka=$cache/kafka-$kafka_version
  [ -f "$kafka/complete" ] && return 0
  need mvn "install Maven 3.8 or newer"
  echo "bench: fetching Apache Kafka $kafka_version into $kafka" >&2
  mkdir -p "$kafka"
  cat >"$kafka/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>bench</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$kafka_version</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$kafka_version</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version></dependency>
  </dependencies>
</project>
POM
  mvn -B -ntp -q -f "$kafka/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    "-DoutputDirectory=$kafka/libs" -DincludeScope=runtime >&2
  touch "$kafka/complete"
}

# rdkafka_performance, built from the sources inside the npm package node-rdkafka.
build_rdkafka() {
  rdkafka=$cache/rdkafka-$rdkafka_version
  [ -x "$rdkafka/rdkafka_performance" ] && return 0
  need npm "install Node.js; librdkafka's sources come inside an npm package"
  need gcc "install a C compiler"
  need make "install make"
  echo "bench: building rdkafka_performance in $rdkafka (about two minutes)" >&2
  rm -rf "$rdkafka"
  mkdir -p "$rdkafka"
  (
    cd "$rdkafka"
    npm pack --silent "node-rdkafka@$rdkafka_version" >/dev/null
    tar xzf "node-rdkafka-$rdkafka_version.tgz" package/deps/librdkafka
    cd package/deps/librdkafka
    ./configure --disable-gssapi --disable-ssl --disable-curl >../configure.out 2>&1
    make -j2 -C src librdkafka.a >../make.out 2>&1
    make -C examples rdkafka_performance >../examples.out 2>&1
    cp examples/rdkafka_performance "$rdkafka/rdkafka_performance"
  ) || { echo "bench: rdkafka_performance could not be built, see $rdkafka/package/deps/*.out" >&2; exit 1; }
  rm -rf "$rdkafka/package" "$rdkafka"/*.tgz
}

# The room and what it stands on, compiled, with its class path in target/classpath.
build_bench() {
  need mvn "install Maven 3.8 or newer"
  (cd "$root" && mvn -B -ntp -q -pl bench -am -Dmaven.test.skip=true -Dchecks=-g package >&2)
}

find_jdk
verb=${1:-}
[ $# -eq 0 ] || shift
case $verb in
  tools)
    fetch_kafka
    build_rdkafka
    ;;
  list)
    [ -n "${MILLRACE_BENCH_BUILT:-}" ] || build_bench
    exec "$JAVA_HOME/bin/java" -cp "$root/bench/target/classes:$root/bench/target/lib/*" \
      dev.millrace.bench.Bench list
    ;;
  compare)
    fetch_kafka
    build_rdkafka
    launcher=${MILLRACE:-}
    [ -n "$launcher" ] || { "$root/scripts/build.sh" >&2; launcher=$root/millrace; }
    [ -n "${MILLRACE_BENCH_BUILT:-}" ] || build_bench
    packaged=
    for file in "$root"/target/package/millrace-*/bin/millrace; do
      [ -x "$file" ] && packaged=$file
    done
    if [ -n "$packaged" ] && [ -z "${MILLRACE:-}" ] \
      && [ "$root/server/target/dist/lib/millrace-server.jar" -nt "$packaged" ]; then
      echo "bench: the packaged form is older than the build; ./dev package makes it anew" >&2
    fi
    [ -n "$packaged" ] || echo "bench: the packaged form is left out; ./dev package makes it" >&2
    exec "$JAVA_HOME/bin/java" -Xmx1g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
      "-Dmillrace.bench.root=$root" "-Dmillrace.bench.launcher=$launcher" \
      "-Dmillrace.bench.kafka=$kafka/libs" \
      "-Dmillrace.bench.rdkafka=$rdkafka/rdkafka_performance" "-Dmillrace.bench.packaged=$packaged" \
      -cp "$root/bench/target/classes:$root/bench/target/lib/*" dev.millrace.bench.Bench compare "$@"
    ;;
  clients)
    build_rdkafka
    launcher=${MILLRACE:-}
    [ -n "$launcher" ] || { "$root/scripts/build.sh" >&2; launcher=$root/millrace; }
    [ -n "${MILLRACE_BENCH_BUILT:-}" ] || build_bench
    exec "$JAVA_HOME/bin/java" -Xmx256m -XX:+UseSerialGC \
      "-Dmillrace.bench.root=$root" "-Dmillrace.bench.launcher=$launcher" \
      "-Dmillrace.bench.rdkafka=$rdkafka/rdkafka_performance" \
      -cp "$root/bench/target/classes:$root/bench/target/lib/*" dev.millrace.bench.client.Clients "$@"
    ;;
  schemas)
    launcher=${MILLRACE:-}
    [ -n "$launcher" ] || { "$root/scripts/build.sh" >&2; launcher=$root/millrace; }
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    parts=$(echo "${*:-start register lookups replay gate}" | tr ' ' ',')
    "$JAVA_HOME/bin/java" -Xmx256m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
      -cp "${MILLRACE_LIB:-$root/server/target/dist/lib}/*" "$root/bench/schemas/SchemaFigures.java" "$launcher" "$work" "${PORT:-19592}" "$parts"
    ;;
  jmh)
    [ -n "${MILLRACE_BENCH_BUILT:-}" ] || build_bench
    exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
      -cp "$root/bench/target/classes:$root/bench/target/lib/*" org.openjdk.jmh.Main -prof gc "$@"
    ;;
  '' | help | -h | --help) usage ;;
  *)
    echo "bench: no verb '$verb'; these are there:" >&2
    usage >&2
    exit 2
    ;;
esac
