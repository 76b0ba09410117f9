#!/usr/bin/env bash
# The script for bash, asked as a shell asks it. The scripts for zsh and fish are read by those shells where
# they are installed.
#
#   tests/completions.sh POLICYC
set -euo pipefail
policyc=$(realpath "$1")
failed=0
source <("$policyc" completions bash)

expect() { # WORDS... -- COMPLETIONS
  local -a words=()
  while [ "$1" != -- ]; do
    words+=("$1")
    shift
  done
  shift
  COMP_WORDS=("${words[@]}")
  COMP_CWORD=$((${#words[@]} - 1))
  _policyc
  if [ "${COMPREPLY[*]}" != "$*" ]; then
    printf '%s: got "%s", expected "%s"\n' "${words[*]}" "${COMPREPLY[*]}" "$*"
    failed=1
  fi
}

expect policyc ch -- check
expect policyc "" -- init check test build eval list matrix bench disasm doc snapshot completions version --help --version
expect policyc check --format "" -- text json github
expect policyc check --den -- --deny-warnings
expect policyc matrix --format m -- md
expect policyc snapshot "" -- build stat
expect policyc snapshot build --o -- --output
expect policyc list "" -- subjects resources actions
expect policyc list subjects --k -- --kind
expect policyc completions f -- fish
cd "$(mktemp -d)"
touch a.policy b.yaml
expect policyc check a -- a.policy
expect policyc check --snapshot b -- b.yaml
rm a.policy b.yaml
rmdir "$PWD"

for shell in zsh fish; do
  if command -v "$shell" >/dev/null; then
    "$policyc" completions "$shell" | "$shell" -n /dev/stdin || failed=1
  fi
done
[ "$failed" -ne 0 ] || echo "completions are as expected"
exit "$failed"
