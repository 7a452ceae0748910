#!/usr/bin/env bash
# What strangers may send to the schema registry, by curl against a fresh node: every row has a name, a request and the documented code that must come
# back as JSON, with a message and never a stack trace; between them the node must go on to serve. Then clients that send a byte a second, thousands of
# connections, and large bodies all at once.
# usage: schema-input.sh [NAME]        only rows whose name holds NAME
# env: PORT (19692; HTTP 1 above)   CONNECTIONS (4000)   URL (http://HOST:PORT of a node that runs already: its subjects begin with "input-")
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
. "$root/scripts/jdk.sh"; find_jdk
only=${1:-}; port=${PORT:-19692}; work=$(mktemp -d); pid=; failed=0; rows=0
cleanup() { [ -z "$pid" ] || { kill -9 "$pid"; wait "$pid"; } 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT
if [ -n "${URL:-}" ]; then url=$URL; else
  url=http://127.0.0.1:$((port + 1))
  ${MILLRACE:-$root/millrace} server --listen "127.0.0.1:$port" --http "127.0.0.1:$((port + 1))" --data "$work/data" >"$work/out" 2>"$work/err" & pid=$!
  until grep -q '^ready ' "$work/out"; do kill -0 $pid 2>/dev/null || { cat "$work/err"; exit 1; }; sleep 0.1; done
fi
type="application/vnd.schemaregistry.v1+json"
ok() { curl -sf -m 10 "$@" >/dev/null || { echo "schema-input: FAILED setup: $*"; exit 1; }; }
# quoted FILE: its text as a JSON string
quoted() { python3 -c 'import json,sys; print(json.dumps(open(sys.argv[1]).read()))' "$1"; }
# draft NAME TYPE SCHEMA [MORE]: a body in the file NAME
draft() { printf '%s' "$3" >"$work/text"; printf '{"schemaType":"%s","schema":%s%s}' "$2" "$(quoted "$work/text")" "${4:-}" >"$work/$1"; }
# row NAME STATUS CODE WORD CURL-ARGUMENTS...: the answer has that status and code, and a message that holds WORD
row() {
  local name=$1 status=$2 code=$3 word=$4; shift 4
  [[ $name == *"$only"* ]] || return 0
  rows=$((rows + 1))
  local told; told=$(curl -s -m 30 -o "$work/answer" -w '%{http_code} %{time_total}' "$@") || told="none 0"
  local seen=${told% *} seconds=${told#* }
  local verdict; verdict=$(python3 - "$work/answer" "$seen" "$status" "$code" "$word" "$seconds" <<'P'
import json,sys
path,seen,status,code,word,seconds=sys.argv[1:]
text=open(path,errors='replace').read()
try: body=json.loads(text); message=body.get('message','') if isinstance(body,dict) else ''; told=str(body.get('error_code','')) if isinstance(body,dict) else ''
except ValueError: message,told='',''
if code=='html': good=seen==status
else: good=seen==status and told==code and word.lower() in message.lower() and '\tat ' not in text and 'Exception' not in text and float(seconds)<10
print('ok' if good else 'FAILED', told or '-', (message or text)[:150].replace('\n',' '))
P
)
  printf 'schema-input: %-46s %s %s s %s\n' "$name" "$seen" "$seconds" "$verdict"
  [[ $verdict == ok* ]] || failed=$((failed + 1))
  if ! curl -sf -m 5 "$url/subjects" >/dev/null; then echo "schema-input: FAILED the node is stuck after: $name"; failed=$((failed + 1)); fi
}
post() { printf '%s\n' -X POST -H "Content-Type: $type" --data-binary "@$work/$1" "$url$2"; }
send() { local -a line; mapfile -t line < <(post "$5" "$6"); row "$1" "$2" "$3" "$4" "${line[@]}"; }

draft good AVRO '{"type":"record","name":"A","fields":[{"name":"x","type":"int"}]}'
ok -X POST -H "Content-Type: $type" --data-binary "@$work/good" "$url/subjects/input-a/versions"
V=/subjects/input-a/versions

# broken schemas
draft b1 AVRO '{"type":"record","name":"A"'; send "broken: Avro that is no JSON" 422 42201 "" b1 $V
draft b2 AVRO '{"type":"recrod","name":"A","fields":[]}'; send "broken: Avro of a type that is none" 422 42201 "type" b2 $V
draft b3 AVRO '{"type":"record","name":"A","fields":[{"name":"x","type":"int","default":"a"}]}'; send "broken: Avro default of another type" 422 42201 "x" b3 $V
draft b4 AVRO '{"type":"record","name":"A","fields":[{"name":"x","type":"int"},{"name":"x","type":"int"}]}'; send "broken: Avro field twice" 422 42201 "x" b4 $V
draft b5 PROTOBUF 'syntax = "proto3"; message A { int32 a = 1 }'; send "broken: Protobuf without a semicolon" 422 42201 "" b5 $V
draft b6 PROTOBUF 'syntax = "proto3"; message A { Missing a = 1; }'; send "broken: Protobuf type that is not there" 422 42201 "Missing" b6 $V
draft b7 PROTOBUF 'syntax = "proto3"; message A { int32 a = 1; int32 b = 1; }'; send "broken: Protobuf number twice" 422 42201 "" b7 $V
draft b8 JSON '{"type":12}'; send "broken: JSON Schema type that is none" 422 42201 "" b8 $V
draft b9 JSON 'no json'; send "broken: JSON Schema that is no JSON" 422 42201 "" b9 $V
draft b10 XML '<a/>'; send "broken: a type of schema that is none" 422 42201 "XML" b10 $V
printf '{"schema":""}' >"$work/b11"; send "broken: empty schema" 422 42201 "Empty" b11 /subjects/input-none/versions
printf '{"schema":{"type":"int"}}' >"$work/b12"; send "broken: schema that is an object, not a text" 422 422 "text" b12 $V
printf '{"schema":"\\"int\\"","id":"x"}' >"$work/b13"; send "broken: id that is no number" 422 422 "id" b13 $V
printf '{"schema":"\\"int\\"","metadata":{"tags":1}}' >"$work/b14"; send "broken: metadata of another shape" 422 422 "tags" b14 $V
printf '{"schema":"\\"int\\"","ruleSet":{"domainRules":[{"name":"r","type":"CEL","mode":"UPGRADE"}]}}' >"$work/b15"; send "broken: rule in the wrong list" 422 42210 "mode" b15 $V

# references
draft r1 AVRO '"Missing"' ',"references":[{"name":"Missing","subject":"input-missing","version":1}]'; send "references: to a subject that is not there" 422 42201 "input-missing" r1 $V
draft r2 AVRO '"A"' ',"references":[{"name":"A","subject":"input-a","version":99}]'; send "references: to a version that is not there" 422 42201 "99" r2 $V
draft r3 PROTOBUF 'syntax = "proto3"; import "other.proto"; message A { int32 a = 1; }'; send "references: import that nobody refers to" 422 42201 "other.proto" r3 /subjects/input-r/versions
draft r4 AVRO '"int"' ',"references":[{"name":"","subject":"","version":1}]'; send "references: without names" 422 42201 "name" r4 $V
python3 - "$work/r5" <<'P'
import json,sys
json.dump({"schema":"\"int\"","references":[{"name":f"n{i}","subject":"input-a","version":1} for i in range(1001)]},open(sys.argv[1],'w'))
P
send "references: too many" 422 42201 "max=1000" r5 $V
draft r6 JSON '{"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}}'
send "references: circular, a pointer to itself" 422 42201 "" r6 /subjects/input-circle/versions
draft r7 JSON '{"type":"object","properties":{"next":{"$ref":"#"}}}'
ok -X POST -H "Content-Type: $type" --data-binary "@$work/r7" "$url/subjects/input-circle/versions"
draft r7b JSON '{"type":"object","properties":{"next":{"$ref":"#"},"more":{"type":"object","properties":{"next":{"$ref":"#/properties/next"}}}}}'
if [[ circular == *"$only"* || -z $only ]]; then # the schema of a list refers to itself and is fine; its comparison has to end
  rows=$((rows + 1)); told=$(curl -s -m 10 -X POST -H "Content-Type: $type" --data-binary "@$work/r7b" "$url/compatibility/subjects/input-circle/versions/latest") || told="no answer"
  echo "schema-input: references: circular and right, compared       $told"; [[ $told == *is_compatible* ]] || failed=$((failed + 1))
fi
# a schema cannot refer to itself: its own version is not there yet, and what is deleted cannot be referred to
draft r8 PROTOBUF 'syntax = "proto3"; import "self.proto"; message S { int32 a = 1; }' ',"references":[{"name":"self.proto","subject":"input-self","version":1}]'; send "references: circular, to itself" 422 42201 "input-self" r8 /subjects/input-self/versions
draft r9 JSON '{"$ref":"http://127.0.0.1:1/never-asked"}'; send "references: a URL that nobody refers to" 422 42201 "" r9 /subjects/input-url/versions

# nesting
python3 - "$work" <<'P'
import json,sys
w=sys.argv[1]
def put(name,kind,text): json.dump({"schemaType":kind,"schema":text},open(f"{w}/{name}",'w'))
put("n1","AVRO",'{"type":"array","items":'*5000+'"int"'+'}'*5000)
put("n2","JSON",'{"not":'*5000+'{}'+'}'*5000)
put("n3","PROTOBUF",'syntax = "proto3"; '+''.join(f'message M{i} {{ ' for i in range(5000))+'}'*5000)
open(f"{w}/n4",'w').write('{"schema":"\\"int\\"","metadata":'+'{"a":'*100000+'1'+'}'*100000+'}')
open(f"{w}/n5",'w').write('['*1000000)
open(f"{w}/n6",'w').write('{"schema":"\\"int\\"","x":['+'[],'*300000+'[]]}')
put("l1","AVRO",json.dumps({"type":"record","name":"L","fields":[{"name":f"f{i}","type":"string","doc":"x"*100} for i in range(33000)]}))
put("l2","PROTOBUF",'syntax = "proto3"; message L { '+''.join(f'string field_number_{i} = {i if i<19000 else i+1000};' for i in range(1,130000))+'}')
put("l3","JSON",json.dumps({"type":"object","properties":{f"p{i}":{"type":"string","description":"x"*100} for i in range(33000)}}))
put("l4","AVRO",json.dumps({"type":"enum","name":"E","symbols":[f"S{i}" for i in range(110000)]}))
open(f"{w}/l5",'w').write('{"schema":"'+'x'*(11<<20)+'"}')
put("g1","JSON",json.dumps({"type":"string","pattern":"(a+)+$"}))
put("g2","JSON",json.dumps({"type":"string","pattern":"(((((a{1,1000}){1,1000}){1,1000}){1,1000}){1,1000})"}))
put("g3","JSON",json.dumps({"type":"string","pattern":"("*5000+"a"+")"*5000}))
put("g4","JSON",json.dumps({"type":"string","pattern":"[a-"}))
put("g5","JSON",json.dumps({"type":"object","patternProperties":{"^(a|a)*$":{"type":"string"},"^(([a-z])+.)+[A-Z]([a-z])+$":{"type":"string"}}}))
open(f"{w}/u1",'wb').write(b'{"schema":"\xff\xfe\x80"}')
open(f"{w}/u2",'w').write('not json at all')
open(f"{w}/u3",'w').write('')
open(f"{w}/u4",'w').write('[1,2]')
open(f"{w}/long",'w').write('s'*5000)
P
send "nesting: Avro 5000 deep" 422 42201 "deep" n1 /subjects/input-n/versions
send "nesting: JSON Schema 5000 deep" 422 42201 "deep" n2 /subjects/input-n/versions
send "nesting: Protobuf 5000 deep" 422 42201 "deep" n3 /subjects/input-n/versions
send "nesting: a body 100000 deep" 400 400 "" n4 $V
send "nesting: a million brackets" 400 400 "" n5 $V
send "nesting: a body of 300000 small things" 400 400 "" n6 $V

# size
send "size: Avro of 5 MB" 422 42209 "references" l1 /subjects/input-l/versions
send "size: Protobuf of 5 MB" 422 42209 "references" l2 /subjects/input-l/versions
send "size: JSON Schema of 5 MB" 422 42209 "references" l3 /subjects/input-l/versions
send "size: Avro of 1 MB in its record" 422 42209 "references" l4 /subjects/input-l/versions
send "size: 5 MB, looked up" 422 42209 "references" l1 /subjects/input-a
send "size: 5 MB, compared" 422 42209 "references" l1 /compatibility/subjects/input-a/versions/latest
send "size: body over 10 MiB" 413 413 "max=10485760" l5 $V
row "size: body over 10 MiB in chunks" 413 413 "max" -X POST -H "Content-Type: $type" -H "Transfer-Encoding: chunked" --data-binary "@$work/l5" "$url$V"

# regular expressions
for one in g1 g2 g5; do
  ok -X POST -H "Content-Type: $type" --data-binary "@$work/$one" "$url/subjects/input-$one/versions"
done
send "patterns: 5000 groups deep" 422 42201 "" g3 /subjects/input-g/versions
send "patterns: one that is none" 422 42201 "" g4 /subjects/input-g/versions
send "patterns: hostile ones, another type" 409 40901 "" good /subjects/input-g1/versions
row "patterns: in the name of a subject" 404 40401 "not found" "$url/subjects/input-(a%2B)%2B%24%5B/versions"
[[ -n $only ]] || { [ "$(curl -s -m 5 "$url/subjects?subjectPrefix=(a%2B)%2B%24%5B")" = "[]" ] || { echo "schema-input: FAILED a prefix is taken for a pattern"; failed=$((failed + 1)); }; }

# bodies and their types
send "body: no UTF-8" 400 400 "" u1 $V
send "body: no JSON" 400 400 "JSON" u2 $V
send "body: nothing" 400 400 "object" u3 $V
send "body: a list" 400 400 "object" u4 $V
row "body: type text/plain" 415 415 "vnd.schemaregistry" -X POST -H "Content-Type: text/plain" --data-binary "@$work/good" "$url$V"
row "body: type application/xml" 415 415 "vnd.schemaregistry" -X POST -H "Content-Type: application/xml" --data-binary "@$work/good" "$url$V"
row "body: type of 10000 characters" 415 415 "" -X POST -H "Content-Type: $(printf 'x%.0s' $(seq 10000))" --data-binary "@$work/good" "$url$V"
printf '{"compatibility":"SIDEWAYS"}' >"$work/c1"; row "body: a level that is none" 422 42203 "backward" -X PUT -H "Content-Type: $type" --data-binary "@$work/c1" "$url/config/input-a"
printf '{"mode":"UPSIDE"}' >"$work/c2"; row "body: a mode that is none" 422 42204 "READWRITE" -X PUT -H "Content-Type: $type" --data-binary "@$work/c2" "$url/mode/input-a"
printf '{"alias":{"a":1}}' >"$work/c3"; row "body: an alias that is no text" 422 422 "alias" -X PUT -H "Content-Type: $type" --data-binary "@$work/c3" "$url/config/input-a"
printf '{"mode":"IMPORT"}' >"$work/c4"; row "body: IMPORT where schemas are" 422 42205 "existing" -X PUT -H "Content-Type: $type" --data-binary "@$work/c4" "$url/mode/input-a"
printf '{"schema":"\\"int\\"","id":5}' >"$work/c5"; send "body: an id outside of IMPORT" 422 42205 "import" c5 $V

# subjects and paths
send "subject: __GLOBAL" 422 42208 "__GLOBAL" good /subjects/__GLOBAL/versions
send "subject: __EMPTY" 422 42208 "__EMPTY" good /subjects/__EMPTY/versions
send "subject: control characters" 422 42208 "" good /subjects/a%00%1b/versions
send "subject: 5000 characters" 422 42208 "" good "/subjects/$(cat "$work/long")/versions"
send "subject: in the context of all" 422 42208 "" good /subjects/:.__GLOBAL:a/versions
row "subject: not there" 404 40401 "not found" "$url/subjects/input-none/versions"
row "version: zero" 422 42202 "latest" "$url/subjects/input-a/versions/0"
row "version: a word" 422 42202 "latest" "$url/subjects/input-a/versions/first"
row "version: beyond 2^31" 422 42202 "latest" "$url/subjects/input-a/versions/99999999999"
row "version: not there" 404 40402 "not found" "$url/subjects/input-a/versions/99"
row "id: not there" 404 40403 "not found" "$url/schemas/ids/2147483647"
row "id: a word" 404 404 "" "$url/schemas/ids/first"
row "guid: none" 404 40403 "not found" "$url/schemas/guids/none"
row "path: unknown" 404 404 "" "$url/subjects/input-a/nothing"
row "path: climbing" 404 404 "" --path-as-is "$url/subjects/../../../../etc/passwd"
row "path: 30 segments" 404 404 "" "$url/subjects$(printf '/a%.0s' $(seq 30))"
row "path: encoding that is none" 400 html "" --path-as-is "$url/subjects/%zz"
row "header: 400 KB (is cut off)" none html "" --path-as-is -H "X: $(printf 'x%.0s' $(seq 100000))" -H "Y: $(printf 'x%.0s' $(seq 100000))" -H "Z: $(printf 'x%.0s' $(seq 100000))" -H "W: $(printf 'x%.0s' $(seq 100000))" "$url/subjects"
row "method: PATCH" 405 405 "" -X PATCH "$url/subjects/input-a/versions"
row "method: one that is none" 405 405 "" -X NONSENSE "$url/subjects"
row "associations: are not kept" 422 42212 "associations" -X POST -H "Content-Type: $type" --data-binary '{}' "$url/associations"

# clients
if [[ clients == *"$only"* || -z $only ]]; then
  rows=$((rows + 1))
  "$here/slow-clients.py" "$url" "${CONNECTIONS:-4000}" || failed=$((failed + 1))
fi
if [ -n "$pid" ] && grep -E '^[[:space:]]+at |Exception|ERROR' "$work/err" "$work/out"; then echo "schema-input: FAILED the node's log has a fault"; failed=$((failed + 1)); fi
echo "schema-input: $rows rows, $failed failed"
[ $failed = 0 ]
