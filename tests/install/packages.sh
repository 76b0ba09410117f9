#!/usr/bin/env bash
# The Debian packages: what is in each, and that each asks for no more than it needs. Exit status 77: there are no
# tools here to make packages with.
#
#   tests/install/packages.sh BUILD
set -euo pipefail
for tool in dpkg-deb dpkg-shlibdeps; do
  command -v "$tool" >/dev/null && continue
  echo "$tool is not installed"
  [ -z "${CI-}" ] || exit 1
  exit 77
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
# Unpacked together, at a place that is not theirs, they work: the command by itself, and the rest for a program.
mkdir "$work/root"
for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
lib=$(dirname "$(find "$work/root" -name libpolicyc.so)")
"$work/root/usr/bin/policyc" init "$work/wiki" >/dev/null && "$work/root/usr/bin/policyc" check "$work/wiki" >/dev/null ||
  { echo "the command of the package does not check"; failed=1; }
if command -v cc >/dev/null; then
  cat >"$work/version.c" <<'TEXT'
#include <policyc.h>
#include <stdio.h>
int main(void) { return puts(policyc_version()) < 0; }
TEXT
  cc -I "$work/root/usr/include" "$work/version.c" -L "$lib" -lpolicyc -o "$work/version"
  [ "policyc $(LD_LIBRARY_PATH=$lib "$work/version")" = "$("$work/root/usr/bin/policyc" version | head -n 1)" ] ||
    { echo "the library of the package is another version than the command"; failed=1; }
fi
[ "$failed" -ne 0 ] || echo "three packages"
exit "$failed"
