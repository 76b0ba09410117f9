#!/usr/bin/env bash
# Row 64: words that are missing, unknown or odd, and odd surroundings.
#
#   tests/catalogue/command.sh POLICYC
set -euo pipefail
policyc=$(realpath "$1")
sources=$(realpath "$(dirname "$0")/../..")
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

ask='{"subject":"user:ann","action":"document.read","resource":"document:plan"}'

# Names that begin with a dash, standard input and output.
cp wiki/documents.policy ./-odd.policy
cp wiki/sample.yaml .
expect 0 "$policyc" check -- -odd.policy
expect 0 bash -c "'$policyc' build wiki -o - >image.pbc && '$policyc' eval -p image.pbc -s - user:ann document.read document:plan <wiki/sample.yaml"
says allow
expect 0 bash -c "echo '{\"subject\":\"user:ann\",\"action\":\"document.read\",\"resource\":\"document:plan\"}' | '$policyc' eval -p wiki -s wiki/sample.yaml --requests -"
says '"decision":"allow"'

# A line of requests is bounded, and the others are answered.
expect 0 bash -c "{ echo '$ask'; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo '$ask'; } | '$policyc' eval -p wiki -s wiki/sample.yaml --requests -"
[ "$(grep -c '"decision":"allow"' out)" -eq 2 ] && [ "$(wc -l <out)" -eq 3 ] && sed -n 2p out | grep -q '"code":"limit_exceeded"' ||
  { echo "a line that is too long"; failed=1; }
expect 0 bash -c "echo '$ask' | '$policyc' eval -p wiki -s wiki/sample.yaml --requests - --max-request-bytes 50"
says '"code":"limit_exceeded"'

# A policy may come from standard input too: a file of that name has to be called ./-
for verb in "check -" "test -" "build - -o -" "matrix -" "matrix - --format csv" "disasm -" \
  "eval -p - -s wiki/sample.yaml user:ann document.read document:plan" "snapshot stat wiki/sample.yaml -p -" \
  "snapshot build wiki/sample.yaml -p - -o -" "list actions -p - -s wiki/sample.yaml user:ann document:plan"; do
  expect 0 bash -c "sed '/^test /,/^}/d' wiki/documents.policy | '$policyc' $verb"
done
expect 1 bash -c "echo 'allow x to y.z' | '$policyc' check -"
says '<standard input>:1:12: error[PC2001]'
expect 3 bash -c "'$policyc' check - <&-"
expect 2 bash -c "'$policyc' eval -p - -s - user:ann document.read document:plan </dev/null"
expect 2 bash -c "echo 'allow x to y.z' | '$policyc' matrix - --check -"
expect 2 "$policyc" init -
[ ! -e - ] || { echo "init made a folder called -"; failed=1; }
"$policyc" matrix wiki >table.md
expect 0 bash -c "'$policyc' matrix wiki --check - <table.md"
expect 1 bash -c "echo drifted | '$policyc' matrix wiki --check -"

# The workflow that init writes goes on only where it is told whose sources to build, and builds them with what is
# there: its steps, as far as they need no network.
"$policyc" init ci --ci github >/dev/null
workflow=ci/.github/workflows/policy.yml
sed -n '/case "\$POLICYC/,/esac/p' "$workflow" >named.sh
for named in 'POLICYC_REPOSITORY= POLICYC_COMMIT=' 'POLICYC_REPOSITORY=a/b POLICYC_COMMIT=' 'POLICYC_REPOSITORY= POLICYC_COMMIT=1'; do
  # shellcheck disable=SC2086
  expect 1 env $named sh named.sh
done
expect 0 env POLICYC_REPOSITORY=a/b POLICYC_COMMIT=1 sh named.sh
configure=$(sed -n 's/^ *\(cmake -S \. .*\)$/\1/p' "$workflow")
build=$(sed -n 's/^ *cmake --build build \(.*\)$/\1/p' "$workflow")
[ -n "$configure" ] && [ -n "$build" ] || { echo "the workflow does not build policyc"; failed=1; }
expect 0 bash -c "cd '$sources' && ${configure/-B build/-B $work\/built}"
expect 0 bash -c "cmake --build '$work/built' $build -- -n"
for package in $(sed -n '/^packages=(/,/^)/p' "$sources/scripts/setup" | sed 's/#.*//' | grep -oE '[a-z0-9+-]{3,}' | grep -vxE 'packages|libgtest-dev|librapidcheck-dev|libbenchmark-dev'); do
  grep -qF -- "$package" "$workflow" || { echo "the workflow does not install $package"; failed=1; }
done

# Machines get JSON even of what is wrong.
is_json() { # WHAT: all that was printed is JSON
  ! command -v python3 >/dev/null || python3 -c 'import json; json.load(open("out"))' 2>/dev/null || { echo "no JSON of $1"; failed=1; }
}
expect 1 bash -c "echo 'allow x to y.z' >wrong.policy; '$policyc' check wrong.policy --format json"
is_json findings
expect 3 "$policyc" check nothing.policy --format json
is_json "a missing policy"
expect 3 "$policyc" test nothing.policy --format json
is_json "a missing policy's tests"
expect 3 "$policyc" matrix nothing.policy --format json
is_json "a missing policy's table"
expect 1 "$policyc" matrix wrong.policy --format json
is_json "a wrong policy's table"
expect 3 "$policyc" snapshot stat nothing.yaml --policy wiki --json
is_json "a missing snapshot"
expect 3 "$policyc" list actions -p nothing.policy -s wiki/sample.yaml user:ann document:plan --json
is_json "a list of a missing policy"
expect 3 "$policyc" eval -p wiki -s wiki/sample.yaml --requests nothing.jsonl --json
is_json "missing requests"
expect 2 "$policyc" eval -p wiki -s wiki/sample.yaml --requests wiki/sample.yaml --now x --json
is_json "a wrong time for requests"
expect 2 "$policyc" eval -p wiki -s wiki/sample.yaml user:ann document.read document:plan --now x --json
is_json "a wrong time"
expect 2 "$policyc" check --format json
is_json "a missing word"
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
  # Of a file it is known how much is left; here of one that takes more than a second, whatever the machine.
  for ((lines = 20000, took = 0; took < 1500 && lines < 10000000; lines *= 4)); do
    awk -v question="$question" -v lines="$lines" 'BEGIN { for (i = 0; i < lines; ++i) print question }' >many.jsonl
    begun=$(date +%s%3N)
    script -qec "'$policyc' eval -p wiki -s wiki/sample.yaml --requests many.jsonl >/dev/null" /dev/null >typescript </dev/null || true
    took=$(($(date +%s%3N) - begun))
  done
  grep -qE 'deciding  [0-9]+ %, [0-9.]+ MB/s, [0-9]+ s left' typescript || { echo "no time left on a terminal"; failed=1; }
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
