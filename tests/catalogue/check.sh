#!/usr/bin/env bash
# Every row of the catalogue has a test, and every test that is named is there.
set -euo pipefail
cd "$(dirname "$0")/.."
source catalogue/named_tests.sh
failed=0
declare -A seen
while IFS='|' read -r row behaviour tests; do
  row=${row// /}
  [[ $row =~ ^[a-z0-9-]+$ ]] || continue
  [ -z "${seen[$row]+twice}" ] || { echo "row $row stands there twice"; failed=1; }
  seen[$row]=1
  [ -n "${behaviour// /}" ] || { echo "row $row does not say what must happen"; failed=1; }
  [ -n "${tests// /}" ] || { echo "row $row has no test"; failed=1; }
  for test in $tests; do
    is_test "$test" || { echo "row $row names $test, which is not there"; failed=1; }
  done
done <catalogue/rows.txt
for row in $(seq 1 50) $(seq 60 64); do
  [ -n "${seen[$row]+there}" ] || { echo "row $row is missing"; failed=1; }
done
[ "$failed" -ne 0 ] || echo "${#seen[@]} rows"
exit "$failed"
