#!/usr/bin/env bash
# The commands for schemas on two nodes: schemas of three types with references, versions, deletions and settings are registered in one, brought to the
# other over HTTP and by a file, and must be the same there to the last byte; payloads of each type go in by `produce --value-schema` and come out by
# `consume --decode`.
# usage: schema-commands.sh          env: PORT (19292; four ports)   KEEP=1
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
millrace=${MILLRACE:-$root/millrace}; port=${PORT:-19292}; work=$(mktemp -d); pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  [ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"
}
trap cleanup EXIT
begin() { # NAME PORT
  $millrace server --listen "127.0.0.1:$2" --http "127.0.0.1:$(($2 + 1))" --data "$work/$1" >"$work/$1.out" 2>"$work/$1.err" & pids+=($!)
  until grep -q '^ready ' "$work/$1.out"; do kill -0 "${pids[-1]}" 2>/dev/null || { cat "$work/$1.err"; exit 1; }; sleep 0.1; done
}
begin one "$port"; begin two $((port + 2))
one=http://127.0.0.1:$((port + 1)); two=http://127.0.0.1:$((port + 3)); export MILLRACE_REGISTRY=$one
cd "$work"
echo '{"type":"record","name":"Address","fields":[{"name":"city","type":"string"}]}' >address.avsc
echo '{"type":"record","name":"Person","fields":[{"name":"name","type":"string"},{"name":"home","type":"Address"}]}' >person.avsc
echo '{"type":"record","name":"Person","fields":[{"name":"name","type":"string"},{"name":"home","type":"Address"},{"name":"age","type":["null","int"],"default":null}]}' >person2.avsc
echo 'syntax = "proto3"; message Address { string city = 1; }' >address.proto
echo 'syntax = "proto3"; import "address.proto"; message Person { string full_name = 1; Address home = 2; int64 number = 3; }' >person.proto
echo '{"type":"object","properties":{"city":{"type":"string"}}}' >address.json
echo '{"type":"object","properties":{"name":{"type":"string"},"home":{"$ref":"address.json"}},"required":["name"]}' >person.json
for kind in avsc proto json; do $millrace schema register "address-$kind" "address.$kind"; done
# three more give a start to ids, and leave holes
$millrace schema register gone address.avsc; $millrace schema delete gone
$millrace schema register avro-value person.avsc --reference Address=address-avsc:1
$millrace schema register avro-value person2.avsc --reference Address=address-avsc:1
$millrace schema register proto-value person.proto --reference address.proto=address-proto:1
$millrace schema register json-value person.json --reference address.json=address-json:1
$millrace schema config proto-value --compatibility full_transitive
curl -sf -X POST -H 'Content-Type: application/json' "$one/subjects/avro-value/versions/2/tags" \
  -d '{"metadata":{"properties":{"owner":"us"}},"tagsToAdd":[{"schemaEntity":{"entityPath":"Person.name","entityType":"sr_field"},"tags":["PII"]}]}' >/dev/null

same() { # NAME: what both registries say of themselves
  for at in one two; do
    MILLRACE_REGISTRY=${!at} $millrace schema export | python3 -c 'import json,sys
for line in sys.stdin:
    version=json.loads(line); version.pop("ts",None); print(json.dumps(version))' >"$at.lines"
  done
  cmp one.lines two.lines || { echo "schema-commands: FAILED $1: registries differ"; diff one.lines two.lines | head; exit 1; }
  echo "schema-commands: $1: $(wc -l <one.lines) versions with their ids, references, metadata, guids and deletions are the same"
}
MILLRACE_REGISTRY=$two $millrace schema import "$one"; same "import over HTTP"
MILLRACE_REGISTRY=$two $millrace schema import "$one"; same "import again"
[ "$(curl -sf "$two/config/proto-value")" = '{"compatibilityLevel":"FULL_TRANSITIVE"}' ] || { echo "schema-commands: FAILED the level did not come"; exit 1; }
$millrace schema export >all.jsonl; begin three $((port + 4)); MILLRACE_REGISTRY=http://127.0.0.1:$((port + 5)) $millrace schema import all.jsonl
two=http://127.0.0.1:$((port + 5)); same "export and import of a file"
told=$(MILLRACE_REGISTRY=$two $millrace schema register new person2.avsc --reference Address=address-avsc:1); echo "schema-commands: registered there afterwards: $told"

payload() { # NAME SUBJECT TEXT
  $millrace topic create "$1" -b "127.0.0.1:$port" --set millrace.schema.value.validation=content >/dev/null
  echo "$3" >line; $millrace produce "$1" line --value-schema "$2" -b "127.0.0.1:$port" >/dev/null
  local seen; seen=$($millrace consume "$1" --from-beginning -n 1 --decode -f '%v' -b "127.0.0.1:$port")
  [ "$seen" = "$3" ] || { echo "schema-commands: FAILED $1: wrote $3 and read $seen"; exit 1; }
  echo "schema-commands: $1: written by its schema, judged by the node, read as $seen"
  $millrace produce "$1" line --value-schema "$2" --schema-header -b "127.0.0.1:$port" >/dev/null
  seen=$($millrace consume "$1" --offset 1 -n 1 --decode -f '%s %v' -b "127.0.0.1:$port")
  [ "${seen#* }" = "$3" ] && [[ $seen == "$2":* ]] || { echo "schema-commands: FAILED $1: wrote $3 with its schema in a header and read $seen"; exit 1; }
  [[ $($millrace consume "$1" --offset 1 -n 1 -f '%h' -b "127.0.0.1:$port" | tr -d '\0') == __value_schema_id=* ]] || { echo "schema-commands: FAILED $1: no header"; exit 1; }
  echo "schema-commands: $1: its schema in a header, judged by the node, read as $seen"
}
payload proto proto-value '{"fullName":"ada","home":{"city":"paris"},"number":"9007199254740993"}'
payload avro avro-value '{"name":"ada","home":{"city":"paris"},"age":{"int":7}}'
payload json json-value '{"name":"ada","home":{"city":"paris"}}'
echo '{"fullName":1}' >line
if $millrace produce proto line --value-schema proto-value -b "127.0.0.1:$port" 2>wrong; then echo "schema-commands: FAILED a wrong payload was written"; exit 1; fi
echo "schema-commands: a wrong one: $(head -1 wrong)"
echo plain >line
if $millrace produce proto line -b "127.0.0.1:$port" 2>wrong; then echo "schema-commands: FAILED a payload without a schema was taken"; exit 1; fi
echo "schema-commands: one without a schema: $(head -1 wrong)"

# what does not fit its schema is printed as it is, with one line about it, and the command goes on to the next
$millrace topic create loose -b "127.0.0.1:$port" >/dev/null
printf '\000\000\000\000\377broken\nnext\n' >lines; $millrace produce loose lines -b "127.0.0.1:$port" >/dev/null
if seen=$($millrace consume loose --from-beginning -n 2 --decode -b "127.0.0.1:$port" 2>wrong | tail -1); then echo "schema-commands: FAILED what does not fit was not told"; exit 1; fi
[ "$seen" = next ] && [ "$(wc -l <wrong)" = 2 ] && grep -q 'value is not decoded, partition=0 offset=0 id=255' wrong || { echo "schema-commands: FAILED faults: $seen"; cat wrong; exit 1; }
echo "schema-commands: an id that nobody knows: $(head -1 wrong)"
