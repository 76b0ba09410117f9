#!/usr/bin/env bash
# Every public header says what a reader needs before its declarations: an example, and what threads may do.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0
count=0
for header in vm/include/policyc/*.hpp {grammar,compiler,snapshot}/include/policyc/*/*.hpp; do
  count=$((count + 1))
  about=$(awk '/^\/\// { print; begun = 1; next } begun { exit }' "$header")
  grep -qE '^//   [^ ]' <<<"$about" || { echo "$header gives no example"; failed=1; }
  grep -qiE 'thread|at once|plain values' "$header" || { echo "$header says nothing about threads"; failed=1; }
done
[ "$count" -gt 15 ] || { echo "only $count headers were found"; failed=1; }
[ "$failed" -ne 0 ] || echo "$count headers say what they are for"
exit "$failed"
