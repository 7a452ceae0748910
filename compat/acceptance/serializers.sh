#!/usr/bin/env bash
# The serializers at work with a node's registry: Kafka's own producer and consumer 4.3 with Avro (generic, generated, reflected), JSON Schema and
# Protobuf, classes made by Avro's and Protobuf's own compilers; Kafka Streams 4.3 in exactly_once_v2 with Avro serdes; Millrace's own client; what
# the npm packages @confluentinc/schemaregistry and @kafkajs/confluent-schema-registry write is read here, and the other way round; the module path.
# usage: serializers.sh [ORDERS]     default 2000 for Streams     needs: Maven; node and npm for the packages (PACKAGES=0 leaves them out)
# env: PORT (19892)   COST (1) figures of Avro's serializers beside plain Avro, 0 for none   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); port=${PORT:-19892}; . "$here/node.sh"
need mvn; url=http://127.0.0.1:$((port + 1)); orders=${1:-2000}
jars serializers serializers-pom.xml 'protoc-*.exe'
library=$root/serializers/target
built=$(ls "$library"/millrace-serializers-*.jar 2>/dev/null | head -1) || true
[ -n "$built" ] && [ -z "$(find "$root/serializers/src/main" "$root/serializers/pom.xml" -newer "$built")" ] || (cd "$root" && mvn -B -ntp -q -pl serializers -Dmaven.test.skip=true package)
jar=$(ls "$library"/millrace-serializers-*.jar | head -1)
foreign=$cache/serializers; path="$work/classes:$jar:$foreign/*"
quiet="-Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.apache.avro.SERIALIZABLE_PACKAGES=shop,shop.avro,java.util"

# classes by the compilers of Avro and Protobuf
mkdir -p "$work/made" "$work/classes"
"$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$foreign/*" "$here/serializers/Generate.java" "$here/serializers/order.avsc" "$work/made"
cp "$foreign"/protoc-*.exe "$work/protoc"; chmod +x "$work/protoc"
mkdir -p "$work/include"; (cd "$work/include" && "$JAVA_HOME/bin/jar" xf "$foreign"/protobuf-java-*.jar google/protobuf/timestamp.proto)
"$work/protoc" -I "$here/serializers/proto" -I "$work/include" --java_out="$work/made" --descriptor_set_out="$work/shop.bin" --include_imports shop/order.proto shop/money.proto
"$JAVA_HOME/bin/javac" -nowarn -Xlint:none -d "$work/classes" -cp "$jar:$foreign/*" $(find "$work/made" "$here/serializers/shop" -name '*.java') "$here"/serializers/{Rest,Stock,Flow,Exchange,Cost}.java

http=127.0.0.1:$((port + 1)); start
try() { local code=0; "$@" || code=$?; report "${name:-$*}" "$code"; }
stock() { (app 300m "$path" $quiet Stock "$at" "$url"); }
name="stock producer and consumer" try stock
flow() { (app 400m "$path" $quiet -Dorg.slf4j.simpleLogger.defaultLogLevel=error Flow "$at" "$url" "$work/state" "$orders"); }
name="Kafka Streams with Avro serdes" try flow

# the client of Millrace
client=${MILLRACE_LIBRARY:-$(readlink -f "$(dirname "${MILLRACE:-$root/millrace}")/server/target/dist")/lib}
"$JAVA_HOME/bin/javac" -nowarn -Xlint:none -d "$work/own" -cp "$work/classes:$jar:$client/*:$foreign/*" "$here/serializers/Own.java"
own() { (app 300m "$work/own:$work/classes:$jar:$client/*:$foreign/*" $quiet Own "$at" "$url"); }
name="Millrace's own client" try own

# a module that requires ours
mkdir -p "$work/app" "$work/modules"
for one in "$jar" "$foreign"/{avro-1,jackson-,kafka-clients,slf4j-api,commons-}*.jar; do cp "$one" "$work/modules/"; done
cp -r "$here/serializers/module/." "$work/app-source"
"$JAVA_HOME/bin/javac" -nowarn -Xlint:none -d "$work/app" -p "$work/modules" $(find "$work/app-source" -name '*.java')
module() { "$JAVA_HOME/bin/java" -Xmx200m -XX:TieredStopAtLevel=1 -p "$work/app:$work/modules" -m millrace.acceptance/app.Main "$at" "$url" 2>"$work/module.err" || { cat "$work/module.err"; return 1; }; }
name="on the module path" try module

if [ "${PACKAGES:-1}" = 1 ]; then
  need node npm; packages=$cache/schema-packages
  [ -d "$packages/node_modules" ] || { mkdir -p "$packages"; npm install --prefix "$packages" --no-audit --no-fund --silent @kafkajs/confluent-schema-registry@4.1.0 @confluentinc/schemaregistry@1.10.1; }
  exchange() { (app 200m "$path" $quiet Exchange "$url" "$@"); }
  foreign() { NODE_PATH="$packages/node_modules" node "$here/serializers/exchange.js" "$url" "$work/shop.bin" "$@"; }
  name="we write" try exchange write "$work/ours"
  name="the npm packages read it" try foreign read "$work/ours"
  name="the npm packages write" try foreign write "$work/theirs"
  name="we read it" try exchange read "$work/theirs"
fi
if [ "${COST:-1}" = 1 ]; then
  "$JAVA_HOME/bin/java" -Xmx400m -XX:+UseSerialGC $quiet -cp "$path" Cost "$url" || true
  echo "size: $(stat -c %s "$jar") bytes, ${jar##*/}"
fi
finish
