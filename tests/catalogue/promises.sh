#!/usr/bin/env bash
# Each promise of SECURITY.md names tests, and they are there.
set -euo pipefail
cd "$(dirname "$0")/.."
source catalogue/named_tests.sh
failed=0 count=0
while IFS='|' read -r _ promise says tests _; do
  promise=${promise// /}
  [[ $promise =~ ^P[0-9]+$ ]] || continue
  count=$((count + 1))
  [ "$promise" = "P$count" ] || { echo "$promise stands where P$count should"; failed=1; }
  [ -n "${says// /}" ] && [ -n "${tests// /}" ] || { echo "$promise says nothing, or has no test"; failed=1; }
  for test in ${tests//\`/}; do
    is_test "$test" || { echo "$promise names $test, which is not there"; failed=1; }
  done
done <../SECURITY.md
[ "$count" -eq 13 ] || { echo "$count promises"; failed=1; }
[ "$failed" -ne 0 ] || echo "$count promises"
exit "$failed"
