#!/bin/sh
# Tries a package as a stranger would: unpacks it, moves it to a folder with a space in its name,
# makes it read-only, calls it through a link with an empty environment, produces and consumes with
# every codec, registers schemas and writes by them, and stops the node with SIGTERM.
#   check.sh FILE.tar.gz
set -eu
file=$1
work=$(mktemp -d)
node=
leave() {
  [ -z "$node" ] || kill -9 "$node" 2>/dev/null || true
  chmod -R u+w "$work"
  rm -rf "$work"
}
trap leave EXIT
trap 'exit 1' INT TERM
fail() {
  echo "package check: $1" >&2
  exit 1
}
# The word after NAME= in the ready line.
of_ready() { printf '%s\n' "$ready" | tr ' ' '\n' | sed -n "s/^$1=//p"; }
millrace() { env -i PATH=/usr/bin:/bin "$work/link" "$@"; }

mkdir "$work/unpacked"
tar -xzf "$file" -C "$work/unpacked"
mv "$work/unpacked/"* "$work/another place"
ln -s "another place/bin/millrace" "$work/link"
chmod -R a-w "$work/another place"

millrace version
env -i PATH=/usr/bin:/bin MILLRACE_OPTS=-Xlog:aot=info "$work/link" version \
  | grep -q 'Using AOT-linked classes: true' || fail "the commands' start-up cache is not used"

mkfifo "$work/out"
env -i PATH=/usr/bin:/bin MILLRACE_OPTS="-Xlog:aot=info:file=$work/aot.log" "$work/link" server \
  --data "$work/data" --listen 127.0.0.1:0 --http 127.0.0.1:0 >"$work/out" &
node=$!
read -r ready <"$work/out" || fail "the node did not start"
grep -q 'Using AOT-linked classes: true' "$work/aot.log" || fail "the node's start-up cache is not used"
at=$(of_ready kafka)

for codec in none gzip snappy lz4 zstd; do
  seq 1 1000 >"$work/sent"
  millrace topic create "$codec" -b "$at" >/dev/null
  millrace produce "$codec" "$work/sent" --compression "$codec" -b "$at" 2>/dev/null >&2
  millrace consume "$codec" --from-beginning --max 1000 -b "$at" >"$work/read" 2>/dev/null
  cmp -s "$work/sent" "$work/read" || fail "records come back changed, codec=$codec"
done

# The registry: the three kinds of schemas, and a topic that wants records to be valid.
registry=http://$(of_ready http)
cat >"$work/a.avsc" <<'END'
{"type": "record", "name": "A", "fields": [{"name": "id", "type": "long"}]}
END
cat >"$work/b.json" <<'END'
{"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
END
cat >"$work/c.proto" <<'END'
syntax = "proto3";
message C { int64 id = 1; }
END
for schema in a.avsc b.json c.proto; do
  topic=${schema%.*}
  millrace topic create "$topic" -b "$at" --set millrace.schema.value.validation=content >/dev/null
  millrace schema register "$topic-value" "$work/$schema" -r "$registry" >/dev/null \
    || fail "a schema is not taken, file=$schema"
done
for topic in a b; do
  echo '{"id":7}' | millrace produce "$topic" --value-schema "$topic-value" -r "$registry" -b "$at" \
    2>/dev/null >&2 || fail "a valid record is refused, topic=$topic"
  millrace consume "$topic" --decode -r "$registry" --from-beginning --max 1 -b "$at" 2>/dev/null \
    | grep -q '"id" *: *7' || fail "a record comes back changed, topic=$topic"
done
for topic in a b c; do
  if echo x | millrace produce "$topic" -b "$at" 2>/dev/null >&2; then
    fail "an invalid record is taken, topic=$topic"
  fi
done

kill -TERM "$node"
code=0
wait "$node" || code=$?
node=
[ "$code" = 0 ] || fail "the node ended with $code after SIGTERM"
echo "package check: caches used, five codecs and three kinds of schemas there and back, stopped in order; started in $(of_ready in) s"
