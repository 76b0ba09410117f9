#!/usr/bin/env bash
# policyc bench: figures differ from run to run, what is asked and answered doesn't.
#
#   tests/bench_command.sh POLICYC
set -euo pipefail
policyc=$(realpath "$1")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() {
  echo "bench: $*" >&2
  failed=1
}

cat >"$work/p.policy" <<'P'
policy p
language 1
subject user {}
scope project {
  role editor  role viewer
  owner: user
  action view  action edit  action comment(text: string)  action archive
}
scope folder in project { action open }
allow viewer, editor to project.view
allow editor to project.edit
allow user to project.comment when subject == resource.owner
allow user to project.archive when subject == resource.owner and now > time("2020-01-01T00:00:00Z")
allow editor to folder.open
P
cat >"$work/s.yaml" <<'S'
snapshot: 1
users: [ { id: ann }, { id: bob } ]
projects: [ { id: one, owner: ann, grants: { editor: [ann], viewer: [bob] } } ]
S

ask() { "$policyc" bench -p "$work/p.policy" -s "$work/s.yaml" --questions 5000 "$@"; }
# Everything but nanoseconds.
counts() { sed -E 's/"ns":[0-9.e+-]+/"ns":N/g'; }

ask --json >"$work/first" || fail "exit status $?"
ask --json >"$work/second" || fail "exit status $?"
[ "$(counts <"$work/first")" = "$(counts <"$work/second")" ] || fail "one seed asks two things"
ask --json --seed 2 >"$work/third" || fail "exit status $?"
[ "$(counts <"$work/first")" != "$(counts <"$work/third")" ] || fail "two seeds ask the same"

one() { grep -oE "\"action\":\"$1\"[^}]*\}" "$work/first"; }
grep -q '"by_roles":5000' <<<"$(one project.view)" || fail "roles settle who may view: $(one project.view)"
grep -q '"allowed":5000' <<<"$(one project.view)" || fail "both may view: $(one project.view)"
grep -q '"by_roles":0' <<<"$(one project.comment)" || fail "an attribute decides who may comment"
grep -q '"does":\["takes values","reads attributes"' <<<"$(one project.comment)" || fail "why: $(one project.comment)"
grep -q '"tests the time"' <<<"$(one project.archive)" || fail "why: $(one project.archive)"
! grep -q '"errors":[1-9]' "$work/first" || fail "something was refused: $(cat "$work/first")"
grep -qF '"not_asked":["folder.open: the snapshot has no folder"]' "$work/first" || fail "what can't be asked is said"

ask --action project.edit >"$work/table"
grep -qE '^project\.edit +[0-9.]+ +[0-9]+ % +100 %$' "$work/table" || fail "the table: $(cat "$work/table")"
[ "$(grep -c '^project' "$work/table")" = 1 ] || fail "only the action that was named"
status=0
ask --action project.erase >/dev/null 2>"$work/said" || status=$?
[ "$status" = 2 ] && grep -q "declares no action 'project.erase'" "$work/said" || fail "an unknown action: $status"

[ "$failed" -ne 0 ] || echo "bench says what is asked and answered"
exit "$failed"
