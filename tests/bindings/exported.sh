#!/usr/bin/env bash
# A C library shows what the list beside this script says, what its header declares, and nothing else. The list is
# kept by hand: a function that goes from header and library at once still breaks whoever calls it.
#
#   tests/bindings/exported.sh LIBRARY HEADER LIST
set -euo pipefail
export LC_ALL=C
library=$1
header=$2
list=$3
shown=$(nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort)
declared=$(awk '/^POLICYC_EXPORT/ { open = 1 } open { print } /;/ { open = 0 }' "$header" |
  grep -oE '\bpolicyc_[a-z_]+\(' | tr -d '(' | sort)
failed=0
same() { # WHAT ITS-NAMES
  diff "$list" <(echo "$2") && return
  echo "< in ${list##*/}, > $1"
  failed=1
}
same "exported by ${library##*/}" "$shown"
same "declared in ${header##*/}" "$declared"
# Each has a comment of its own, right above it.
undocumented=$(awk '/^POLICYC_EXPORT/ && last !~ /\*\/[[:space:]]*$/ { print } { last = $0 }' "$header")
if [ -n "$undocumented" ]; then
  printf 'not documented:\n%s\n' "$undocumented"
  failed=1
fi
[ "$failed" -ne 0 ] || echo "$(wc -l <<<"$shown") symbols, all listed, declared and documented"
exit "$failed"
