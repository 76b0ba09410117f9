#!/usr/bin/env bash
# Row 64: words that are missing, unknown or odd, and odd surroundings.
#
#   tests/catalogue/command.sh POLICYC
set -euo pipefail
policyc=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$policyc" init wiki >/dev/null
# A terminal of our own, where this system makes one.
has_terminal() { command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1 </dev/null; }

failed=0
expect() { # STATUS COMMAND…
  local wanted=$1 got=0
  shift
  "$@" >out 2>err </dev/null || got=$?
  [ "$got" -eq "$wanted" ] || { printf '%s\n  ended with %s, not %s\n' "$*" "$got" "$wanted"; sed 's/^/  /' err; failed=1; }
}
says() { grep -qF -- "$1" out err || { printf 'it did not say: %s\n' "$1"; failed=1; }; }

expect 2 "$policyc"
says 'Verbs:'
expect 2 "$policyc" chekc wiki
says "did you mean 'check'?"
expect 2 "$policyc" check
expect 2 "$policyc" check wiki --frobnicate
says --frobnicate
expect 2 "$policyc" eval -p wiki -p wiki -s wiki/sample.yaml user:ann document.read document:plan
expect 2 "$policyc" check wiki --format yaml
expect 0 "$policyc" check --help
says 'Example'
expect 3 "$policyc" check nothing-here.policy
expect 3 "$policyc" eval -p wiki -s nothing.yaml user:ann document.read document:plan
mkdir folder.yaml
expect 3 "$policyc" eval -p wiki -s folder.yaml user:ann document.read document:plan
expect 3 "$policyc" eval -p wiki -s nothing.psnap user:ann document.read document:plan
mkdir empty
expect 3 "$policyc" check empty

# Names that begin with a dash, standard input and output.
cp wiki/documents.policy ./-odd.policy
cp wiki/sample.yaml .
expect 0 "$policyc" check -- -odd.policy
expect 0 bash -c "'$policyc' build wiki -o - >image.pbc && '$policyc' eval -p image.pbc -s - user:ann document.read document:plan <wiki/sample.yaml"
says allow
expect 0 bash -c "echo '{\"subject\":\"user:ann\",\"action\":\"document.read\",\"resource\":\"document:plan\"}' | '$policyc' eval -p wiki -s wiki/sample.yaml --requests -"
says '"decision":"allow"'

# Machines get JSON even of what is wrong.
expect 1 bash -c "echo 'allow x to y.z' >wrong.policy; '$policyc' check wrong.policy --format json"
python3 -c 'import json; json.load(open("out"))' 2>/dev/null || ! command -v python3 >/dev/null || { echo "no JSON of findings"; failed=1; }
expect 1 "$policyc" eval -p wrong.policy -s wiki/sample.yaml user:ann document.read document:plan --json
grep -q '^{.*"error"' out || { echo "no JSON of an error"; failed=1; }

# Where memory runs out it says so. A sanitizer's runtime takes more address space than any machine has memory.
if "$policyc" version --max-memory 1GB >/dev/null 2>&1; then
  expect 4 "$policyc" check wiki --max-memory 1MB
  says 'memory ran out'
fi

# Surroundings that change how other programs print and parse.
plain=$("$policyc" eval -p wiki -s wiki/sample.yaml user:ann document.read document:plan --now 2026-03-01T00:00:00Z --json)
for surroundings in LC_ALL=de_DE.UTF-8 LC_ALL=C TZ=Pacific/Kiritimati TZ=nonsense LANG=tr_TR.UTF-8; do
  other=$(env "$surroundings" "$policyc" eval -p wiki -s wiki/sample.yaml user:ann document.read document:plan --now 2026-03-01T00:00:00Z --json)
  [ "$plain" = "$other" ] || { echo "$surroundings changes the answer"; failed=1; }
done
expect 0 env -i "$policyc" check wiki
(umask 077 && "$policyc" build wiki -o private.pbc >/dev/null 2>&1)
[ "$(stat -c %a private.pbc)" = 600 ] || { echo "the umask was not kept to"; failed=1; }

# Work of more than a second says how far it is, on a terminal and nowhere else.
question='{"subject":"user:ann","action":"document.read","resource":"document:plan"}'
slowly() { echo "$question"; sleep 1.2; echo "$question"; }
slowly | "$policyc" eval -p wiki -s wiki/sample.yaml --requests - >out 2>err
[ ! -s err ] && [ "$(grep -c '"allow"' out)" -eq 2 ] || { echo "progress in a file"; failed=1; }
if has_terminal; then
  mkfifo slow
  # Not to wait for ever for a reader that never comes.
  timeout 20 bash -c '{ echo "$0"; sleep 1.2; echo "$0"; } >slow' "$question" &
  script -qec "'$policyc' eval -p wiki -s wiki/sample.yaml --requests slow >/dev/null" /dev/null >typescript </dev/null || true
  wait
  grep -q 'deciding  2 requests, [0-9.]* requests/s' typescript || { echo "no progress on a terminal"; failed=1; }
fi

# Colour is for terminals, and never with NO_COLOR.
"$policyc" check wrong.policy 2>err || true
! grep -q $'\033' err || { echo "colour in a file"; failed=1; }
if has_terminal; then
  script -qec "'$policyc' check wrong.policy" /dev/null >typescript </dev/null || true
  grep -q $'\033' typescript || { echo "no colour on a terminal"; failed=1; }
  NO_COLOR=1 script -qec "'$policyc' check wrong.policy" /dev/null >typescript </dev/null || true
  ! grep -q $'\033' typescript || { echo "colour in spite of NO_COLOR"; failed=1; }
fi

[ "$failed" -ne 0 ] || echo "the command line holds"
exit "$failed"
