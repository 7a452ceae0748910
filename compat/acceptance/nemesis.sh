#!/usr/bin/env bash
# Three nodes, each in a network namespace and on a disk of its own, under load from foreign clients, while faults happen to them: deaths, frozen
# processes, cut wires, full disks, damaged files, clocks that jump, operators at work. Then the judge of histories goes through what the clients
# wrote down, and the copies on the nodes are compared byte for byte.
# usage: nemesis.sh [FAULT...] [--minutes N] [--seed S] [--load NAME,...] [--plant]      --help lists the faults; without one each happens once
# needs: root, Linux with namespaces and loop devices; python3, Maven, kcat, iproute2, iptables, e2fsprogs, util-linux, faketime (without it clocks are left alone)
# env: MILLRACE what to run instead of ./millrace     KEEP=1 leaves the working folder, histories and disks
#      FAVOUR=-10 lets nodes and clients go before the other sessions of a machine that is busy
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
[ "$(id -u)" = 0 ] || { echo "nemesis.sh: must be root: it makes networks and disks" >&2; exit 2; }
for tool in python3 mvn kcat ip tc iptables mkfs.ext4 fsfreeze nsenter; do command -v $tool >/dev/null || { echo "nemesis.sh: $tool is missing: install it" >&2; exit 2; }; done
cache=${XDG_CACHE_HOME:-$HOME/.cache}/millrace-acceptance; mkdir -p "$cache"
[ -f "$cache/lib/kafka-clients-4.3.0.jar" ] || mvn -q -B -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$cache/lib" >/dev/null
export MILLRACE=${MILLRACE:-$root/millrace}
[ "${MILLRACE_BUILD:-}" = never ] || "$MILLRACE" version >/dev/null
export WORK; WORK=$(mktemp -d /tmp/nemesis.XXXXXX)
# all but those of our own client
"$JAVA_HOME/bin/javac" -nowarn -d "$WORK/classes" -cp "$cache/lib/*" $(find "$here/history" -name "*.java" ! -name "Own*")
export CLASSES="$WORK/classes:$cache/lib/*" JAVA_HOME
status=0; python3 "$here/nemesis/nemesis.py" "$@" || status=$?
if [ -n "${KEEP:-}" ] || [ $status != 0 ]; then echo "kept: $WORK"; else rm -rf "$WORK"; fi
exit $status
