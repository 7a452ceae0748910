#!/usr/bin/env bash
# The same application as in streams.sh with group.protocol=streams: the broker gives out the tasks and creates internal topics (KIP-1071).
# usage: streams-groups.sh [PACKAGES]    as streams.sh
PROTOCOL=streams exec "$(dirname "$0")/streams.sh" "$@"
