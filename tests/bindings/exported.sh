#!/usr/bin/env bash
# A C library shows what its header declares, and nothing else.
#
#   tests/bindings/exported.sh LIBRARY HEADER
set -euo pipefail
library=$1
header=$2
shown=$(nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort)
declared=$(grep -oE '\bpolicyc_[a-z_]+\(' "$header" | tr -d '(' | grep -v '^policyc_literal$' | sort -u)
# A declaration begins with POLICYC_EXPORT; what a comment names as an example is declared as well.
if ! diff <(echo "$declared") <(echo "$shown"); then
  echo "< declared in ${header##*/}, > exported by ${library##*/}"
  exit 1
fi
# Each has a sentence of its own, or stands below one.
undocumented=$(awk '
  /\*\/[[:space:]]*$/ { covered = 1; next }
  /^$/ { covered = 0 }
  /^POLICYC_EXPORT/ && !covered { print }' "$header")
if [ -n "$undocumented" ]; then
  printf 'not documented:\n%s\n' "$undocumented"
  exit 1
fi
echo "$(wc -l <<<"$shown") symbols, all declared and documented"
