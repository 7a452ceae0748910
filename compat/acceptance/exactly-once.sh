#!/usr/bin/env bash
# Consume, transform, produce and bank transfers in transactions by foreign clients, broker and client killed with -9 at random moments:
# the output is exactly the function of the input, and no money is lost. It is the history run with those faults alone.
# usage: exactly-once.sh [MINUTES]     default 1     env: SEED, PROTOCOL, PORT, KEEP as history.sh has them
exec env FAULTS="kill-node kill-client" "$(dirname "$0")/history.sh" "$((${1:-1} * 60))"
