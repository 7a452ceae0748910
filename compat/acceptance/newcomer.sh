#!/usr/bin/env bash
# A new user's walk: a Maven project outside of this repository, made of what docs/client.md says and nothing else, from its words to a
# record that was written and read, timed; then each mistake of the guide's table is made, and what is said is compared with the table; last the tests of docs/testing.md in a project of their own.
# usage: newcomer.sh      needs: Maven; the libraries in the local repository (`mvn install -DskipTests`), as the guide says
# env: INSTALL=1 installs them first   PORT (19592)   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); port=${PORT:-19592}
. "$here/node.sh"
need mvn python3
guide=$root/docs/client.md; project=$work/shop; source=$project/src/main/java
mkdir -p "$source"
if [ -n "${INSTALL:-}" ]; then (cd "$root" && mvn -B -q -ntp -DskipTests -Dchecks=-g install); fi

part() { # LANGUAGE NUMBER: a block of the guide's chapter for beginners
  python3 - "$guide" "$1" "$2" <<'PYTHON'
import re, sys
chapter = open(sys.argv[1]).read().split("## In a new project")[1].split("\n## ")[0]
print(re.findall("```" + sys.argv[2] + "\n(.*?)```", chapter, re.S)[int(sys.argv[3])])
PYTHON
}
project() { # what any generator of projects writes, and the guide's dependency
  cat <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>shop</artifactId><version>1</version>
  <properties><maven.compiler.source>25</maven.compiler.source><maven.compiler.target>25</maven.compiler.target><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
  <dependencies>$(part xml 0)</dependencies>
</project>
POM
}
program() {
  cat <<JAVA
import dev.millrace.client.*;
import dev.millrace.client.consumer.*;
import dev.millrace.client.producer.*;
import java.time.Duration;
import java.util.*;

public class Shop {
  public static void main(String[] arguments) {
    String bootstrap = arguments[0];
$(part java 0)
  }
}
JAVA
}

begin=$(date +%s%N); told() { echo "        $(( ($(date +%s%N) - begin) / 1000000 )) ms: $1"; }
start; told "a node serves"
project >"$project/pom.xml"; program >"$source/Shop.java"; cp "$here/Mistakes.java" "$source/"
code=0; (cd "$project" && mvn -B -q -ntp -o compile dependency:copy-dependencies -DoutputDirectory=lib) >"$work/maven" 2>&1 || \
  (cd "$project" && mvn -B -q -ntp compile org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib) >"$work/maven" 2>&1 || code=$?
report "a new Maven project with the guide's words compiles" $code; [ $code = 0 ] || { tail -20 "$work/maven"; exit 1; }
told "it is compiled"
shop() { "$JAVA_HOME/bin/java" -cp "$project/target/classes:$project/lib/*" "$@"; }
shop Shop "$at" >"$work/said" 2>"$work/warned" || true; told "a record was written and read"
[ "$(cat "$work/said")" = "customer 7: 3 apples" ] && code=0 || code=1; report "the guide's program says: $(cat "$work/said")" $code
[ ! -s "$work/warned" ] && code=0 || code=1; report "nothing is said beside that: $(head -c 300 "$work/warned")" $code

row() { # NAME: what the guide's table says to a mistake, numbers left out
  grep -F "| $1 |" "$guide" | head -1 | sed -E 's/^[^`]*`(.*)` \|$/\1/; s/[0-9]+/N/g'
}
mistake() { # NAME COMMAND...
  local name=$1 said; shift
  "$@" >"$work/mistake" 2>>"$work/log" || true
  said=$(sed -E 's/[0-9]+/N/g' "$work/mistake")
  [ "$said" = "$(row "$name")" ] && code=0 || code=1
  report "$name: $(head -3 "$work/mistake")" $code
  [ $code = 0 ] || echo "        the guide says: $(row "$name")"
}
full() { # the node holds its breath while records are sent
  shop Mistakes "full buffer" "$at" & local one=$!; children=$one
  until [ -e "$work/sends" ]; do sleep 0.1; kill -0 $one 2>/dev/null || break; done
  kill -STOP "$server"; touch "$work/stopped"; wait $one || true; children=; kill -CONT "$server"
}
for name in "wrong setting" "wrong topic" "wrong serializer" "no group" "nothing to read" "poll too late"; do
  mistake "$name" shop Mistakes "$name" "$at"
done
export FOLDER=$work; mistake "full buffer" full
mistake "nobody listens" shop Mistakes "nobody listens" 127.0.0.1:1
told "all mistakes were made"

tests=$work/tests; mkdir -p "$tests/src/test/java"
python3 - "$root/docs/testing.md" "$tests" <<'PYTHON'
import re, sys
text, folder = open(sys.argv[1]).read(), sys.argv[2]
ours, java = re.findall("```xml\n(.*?)```", text, re.S)[0], re.findall("```java\n(.*?)```", text, re.S)
theirs = [("org.apache.kafka", "kafka-clients", "4.4.0"), ("org.junit.jupiter", "junit-jupiter", "6.1.3"), ("org.assertj", "assertj-core", "3.27.7")]
more = "".join("<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>" % one for one in theirs)
open(folder + "/pom.xml", "w").write("""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>tests</artifactId><version>1</version>
  <properties><maven.compiler.source>25</maven.compiler.source><maven.compiler.target>25</maven.compiler.target><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
  <dependencies>""" + ours + more + """</dependencies>
  <build><plugins><plugin><artifactId>maven-surefire-plugin</artifactId><version>3.6.1</version></plugin></plugins></build>
</project>
""")
head = """import static org.assertj.core.api.Assertions.assertThat;
import dev.millrace.testkit.*;
import java.util.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.*;
import org.junit.jupiter.api.*;
"""
open(folder + "/src/test/java/OrdersTest.java", "w").write(head + java[0])
open(folder + "/src/test/java/PlainTest.java", "w").write(head + "class PlainTest {\n@Test void node() {\n" + java[1] + "}\n@Test void nodes() {\n" + java[2] + "}\n}\n")
PYTHON
code=0; (cd "$tests" && mvn -B -ntp -o test) >"$work/maven" 2>&1 || (cd "$tests" && mvn -B -ntp test) >"$work/maven" 2>&1 || code=$?
report "a new Maven project of docs/testing.md: $(grep -h '^\[INFO\] Tests run' "$work/maven" | tail -1 | cut -c8-)" $code; [ $code = 0 ] || tail -20 "$work/maven"
told "tests with one node and with three were run"
finish
