#!/usr/bin/env bash
# Row 63: what is written is old or new, never half; and whoever can't write says so.
#
#   tests/catalogue/outputs.sh POLICYC
set -euo pipefail
policyc=$(realpath "$1")
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
"$policyc" init wiki >/dev/null
failed=0
expect() { # STATUS COMMAND…
  local wanted=$1 got=0
  shift
  "$@" >out 2>err || got=$?
  [ "$got" -eq "$wanted" ] || { printf '%s\n  ended with %s, not %s\n' "$*" "$got" "$wanted"; sed 's/^/  /' err; failed=1; }
}
through() { bash -c "$1"; }

# An image that is larger than any can be is refused before it is read: this one has no bytes, only a size.
truncate -s 5G huge.pbc
expect 4 timeout 10 "$policyc" disasm huge.pbc
truncate -s 5G huge.psnap
expect 4 timeout 10 "$policyc" snapshot stat huge.psnap --policy wiki
rm huge.pbc huge.psnap

# A disk that is full, on the way to a file and to standard output.
expect 0 "$policyc" build wiki -o wiki.pbc
cp wiki.pbc good.pbc
expect 3 "$policyc" build wiki -o /dev/full
[ -c /dev/full ] || { echo "the device was replaced by a file"; failed=1; }
for verb in "matrix wiki" "version" "doc --markdown" "disasm wiki" "eval -p wiki -s wiki/sample.yaml user:ann document.read document:plan" \
  "build wiki -o -" "completions bash" "--help" "check --help" "snapshot build --help"; do
  expect 3 through "'$policyc' $verb >/dev/full"
  # Nobody reads on: that is an error, and no signal ends the command.
  expect 3 through "'$policyc' $verb >&-"
done
through "'$policyc' doc --markdown | head -n 1" >out 2>err || true
[ -s out ] || { echo "nothing came through a pipe"; failed=1; }

# A folder that can't be written, a target that is a folder: the old file stays.
if [ "$(id -u)" -ne 0 ]; then
  mkdir closed && cp good.pbc closed/wiki.pbc && chmod a-w closed
  expect 3 "$policyc" build wiki -o closed/wiki.pbc
  cmp -s good.pbc closed/wiki.pbc || { echo "the old image was touched"; failed=1; }
fi
mkdir folder
expect 3 "$policyc" build wiki -o folder
expect 3 "$policyc" build wiki -o nowhere/wiki.pbc

# A policy with an error leaves what was there.
sed 's/^allow member/allow membr/' wiki/documents.policy >wrong.policy
expect 1 "$policyc" build wrong.policy -o wiki.pbc
cmp -s good.pbc wiki.pbc || { echo "the old image was touched by a policy with errors"; failed=1; }

# Through a link the file is replaced, not the link; its mode stays, and nothing is left beside it.
chmod 640 wiki.pbc
ln -s wiki.pbc link.pbc
expect 0 "$policyc" build wiki -o link.pbc
[ -L link.pbc ] || { echo "the link was replaced"; failed=1; }
[ "$(stat -c %a wiki.pbc)" = 640 ] || { echo "the mode was changed"; failed=1; }
beside() { find . -maxdepth 1 -name ".$1.*" | sort; }
[ -z "$(beside wiki.pbc)" ] || { echo "something is left beside it: $(beside wiki.pbc)"; failed=1; }
# Its owner stays too, where whoever writes may say so.
if [ "$(id -u)" -eq 0 ]; then
  chown 65534:65534 wiki.pbc
  chmod 4750 wiki.pbc
  expect 0 "$policyc" build wiki -o wiki.pbc
  [ "$(stat -c %u:%g:%a wiki.pbc)" = 65534:65534:4750 ] || { echo "the owner was changed: $(stat -c %u:%g:%a wiki.pbc)"; failed=1; }
  chown 0:0 wiki.pbc
fi

# What a writer left that was killed goes with the next write; what a living one writes stays, and so does what only
# looks like it.
dead=$(bash -c 'echo $$')
for name in "$dead.abcdef" "$$.abcdef" "$dead.abcdefg" notes "$dead" x.abcdef; do echo left >".wiki.pbc.$name"; done
expect 0 "$policyc" build wiki -o wiki.pbc
[ ! -e ".wiki.pbc.$dead.abcdef" ] || { echo "what a dead writer left is still there"; failed=1; }
[ "$(beside wiki.pbc | wc -l)" -eq 5 ] || { echo "more was removed than a dead writer left: $(beside wiki.pbc)"; failed=1; }
find . -maxdepth 1 -name '.wiki.pbc.*' -delete

# What a killed writer leaves: tests/faults/writes_test.cpp.
{
  echo 'subject user {}'
  echo 'scope item {'
  echo '  role member'
  for ((i = 0; i < 3000; ++i)); do echo "  action act_$i"; done
  echo '}'
  for ((i = 0; i < 3000; ++i)); do echo "allow member to item.act_$i"; done
} >large.policy
expect 0 "$policyc" build large.policy -o large.pbc
cp large.pbc new.pbc

# Two at once write one of the two, whole.
for ((i = 0; i < 10; ++i)); do
  "$policyc" build large.policy -o both.pbc >/dev/null 2>&1 &
  "$policyc" build wiki -o both.pbc >/dev/null 2>&1 &
  wait
  cmp -s both.pbc good.pbc || cmp -s both.pbc new.pbc || { echo "two at once left a mixture"; failed=1; }
done
[ -z "$(beside both.pbc)" ] || { echo "two at once left: $(beside both.pbc)"; failed=1; }

[ "$failed" -ne 0 ] || echo "old or new, never half"
exit "$failed"
