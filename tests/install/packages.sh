#!/usr/bin/env bash
# The Debian packages: what is in each, and that each asks for no more than it needs. Exit status 77: there are no
# tools here to make packages with.
#
#   tests/install/packages.sh BUILD
set -euo pipefail
for tool in dpkg-deb dpkg-shlibdeps; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$1"
cpack -G DEB -B "$work" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

failed=0
has() { # PACKAGE PATTERN...
  local package=$1 pattern
  shift
  dpkg-deb -c "$work/$package"_*.deb | awk '{ print $6 }' >"$work/list"
  for pattern in "$@"; do
    grep -qE "^\\./usr/$pattern\$" "$work/list" || { echo "$package lacks $pattern"; failed=1; }
  done
}
asks_for() { dpkg-deb -f "$work/$1"_*.deb Depends; }

has libpolicyc0 'lib/.*libpolicyc\.so\.0' 'lib/.*libpolicyc_compile\.so\.0'
has libpolicyc-dev 'include/policyc\.h' 'include/policyc/evaluator\.hpp' 'lib/.*libpolicyc_vm\.a' \
  'lib/.*libpolicyc\.so' 'lib/.*cmake/policyc/policyc-config\.cmake' 'lib/.*pkgconfig/policyc-vm\.pc' 'lib/.*pkgconfig/policyc-compile\.pc'
has policyc 'bin/policyc' 'share/man/man1/policyc\.1' 'share/bash-completion/completions/policyc'
if dpkg-deb -c "$work"/libpolicyc0_*.deb | grep -qE '/(include|bin)/|\.a$'; then
  echo "libpolicyc0 has what only developers need"
  failed=1
fi
grep -q 'libpolicyc0 (= ' <<<"$(asks_for libpolicyc-dev)" || { echo "libpolicyc-dev does not need libpolicyc0"; failed=1; }
grep -q 'libyaml-cpp' <<<"$(asks_for policyc)" || { echo "the command's libraries are not asked for"; failed=1; }
[ "$failed" -ne 0 ] || echo "three packages"
exit "$failed"
