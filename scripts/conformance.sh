#!/bin/sh
# Runs foreign suites against a fresh Millrace node: `./dev conformance [SUITE [ARGUMENTS]]`.
# The suites lie in CONFORMANCE_DIR (default ../shared/conformance); they fetch what they need
# (clients from Maven Central and npm, kcat from Debian) into CONF_WORK and say so themselves.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
suites=${CONFORMANCE_DIR:-$root/../shared/conformance}
if [ ! -d "$suites" ]; then
  echo "conformance: no folder with suites, looked for $suites; set CONFORMANCE_DIR" >&2
  exit 1
fi
suites=$(CDPATH='' cd -- "$suites" && pwd)
suite=${1:-}
if [ -z "$suite" ]; then
  echo "suites in $suites:"
  for file in "$suites"/*.sh; do
    name=$(basename "$file" .sh)
    case $name in ref-kafka | subject-millrace | kafka-cli) ;; *) echo "  ./dev conformance $name" ;; esac
  done
  exit 0
fi
shift
script=$suites/${suite%.sh}.sh
if [ ! -f "$script" ]; then
  echo "conformance: no suite named '$suite' in $suites; ./dev conformance alone lists them" >&2
  exit 2
fi

"$root/scripts/build.sh"
MILLRACE=$root/millrace
export MILLRACE
if [ "$suite" = kafka-own-tests ]; then
  SUBJECT=$suites/subject-millrace.sh exec bash "$script" "$@"
fi
work=$(mktemp -d)
port=${CONFORMANCE_PORT:-19092}
trap 'bash "$suites/subject-millrace.sh" stop "$work" || true; rm -rf "$work"' EXIT INT TERM
bash "$suites/subject-millrace.sh" start "$port" "$work" num.partitions=4 \
  group.initial.rebalance.delay.ms=0 group.min.session.timeout.ms=1000
BOOTSTRAP=127.0.0.1:$port bash "$script" "$@"
