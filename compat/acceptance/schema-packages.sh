#!/usr/bin/env bash
# The npm packages @kafkajs/confluent-schema-registry and @confluentinc/schemaregistry at work on a schema registry, unchanged.
# usage: schema-packages.sh [URL]      without one a node of Millrace is started; any registry of that interface will do     needs: node, npm
# env: PORT (19792)   KEEP=1 leaves the working folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); port=${PORT:-19792}
for tool in node npm; do command -v $tool >/dev/null || { echo "schema-packages.sh: $tool is missing: install it (Debian: nodejs npm)" >&2; exit 2; }; done
packages=${XDG_CACHE_HOME:-$HOME/.cache}/millrace-acceptance/schema-packages
if [ ! -d "$packages/node_modules" ]; then
  mkdir -p "$packages"
  npm install --prefix "$packages" --no-audit --no-fund --silent @kafkajs/confluent-schema-registry@4.1.0 @confluentinc/schemaregistry@1.10.1
fi
if [ $# -gt 0 ]; then url=$1; else
  root=$(cd "$here/../.." && pwd); work=$(mktemp -d); server=
  trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; [ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"' EXIT
  ${MILLRACE:-$root/millrace} server --data "$work/data" --listen 127.0.0.1:0 --http "127.0.0.1:$port" >"$work/out" 2>>"$work/err" & server=$!
  until grep -q '^ready ' "$work/out"; do kill -0 "$server" 2>/dev/null || { cat "$work/err"; exit 1; }; sleep 0.05; done
  url=http://127.0.0.1:$port
fi
NODE_PATH="$packages/node_modules" node "$here/schemas.js" "$url"
