#!/usr/bin/env bash
# What must not pass: a suite that was sound, then spoiled in one way at a time. published_cases has to fail, and to
# say why.
#
#   tests/conformance/published_check.sh PUBLISHED_CASES POLICYC
set -euo pipefail
published_cases=$(realpath "$1")
policyc=$(realpath "$2")
unset POLICYC_UPDATE
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0

sound() {
  rm -rf suites page.md
  mkdir -p suites/doors/house
  cat >suites/doors/suite.json <<'JSON'
{"suite": "doors", "source": {"repo": "example.org/doors", "commit": "0123456789abcdef", "licence": "MIT"},
 "cases": [
  {"case": "house", "path": "house.json", "requests": 3, "folder": "house", "unsaid": [{"requests": 1, "why": "knocking"}]},
  {"case": "garden", "path": "garden.json", "requests": 1, "unsaid": [{"requests": 1, "why": "weather"}]}
 ]}
JSON
  cat >suites/doors/house/policy.policy <<'POLICY'
subject user {}
scope door { role holder action open }
allow holder to door.open
test "doors" on "facts.yaml" {
  user:ann may door.open on door:front
  user:bob may not door.open on door:front
}
POLICY
  cat >suites/doors/house/facts.yaml <<'FACTS'
snapshot: 1
users: [ { id: ann }, { id: bob } ]
doors: [ { id: front, grants: { holder: [ann] } } ]
FACTS
  POLICYC_UPDATE=1 "$published_cases" "$policyc" suites page.md >/dev/null
}

refuses() { # WHAT WORDS: the spoiled suites fail, and these words say why
  local status=0
  "$published_cases" "$policyc" suites page.md >out.txt 2>&1 || status=$?
  if [ "$status" -ne 1 ] || ! grep -qF -- "$2" out.txt; then
    printf '%s: exit %s, and no word of "%s":\n' "$1" "$status" "$2"
    cat out.txt
    failed=1
  fi
}
suite=suites/doors/suite.json
policy=suites/doors/house/policy.policy

sound
"$published_cases" "$policyc" suites page.md >out.txt || { cat out.txt; failed=1; }
grep -qF '[house](../tests/conformance/published/doors/house) | 3 | 2 | 2 | 1: knocking |' page.md || { cat page.md; failed=1; }
grep -qF '| garden | 1 | 0 | 0 | 1: weather |' page.md || { cat page.md; failed=1; }

sound; sed -i 's/bob may not/bob may/' $policy
refuses "a decision that differs" "decisions that differ: 1"
sound; sed -i '/bob may not/d' $policy
refuses "a request that nobody asks" "expectations: 1, but its cases publish 2"
sound; sed -i 's/allow holder/allow holders/' $policy
refuses "a policy with a mistake" "PC2001"
sound; sed -i 's/"requests": 3/"requests": 4/' $suite
refuses "more published than run" "expectations: 2, but its cases publish 3"
sound; sed -i 's/"folder": "house", //' $suite
refuses "silence about requests" "it has no folder, and doesn't say why for each of its requests"
sound; sed -i 's/"requests": 1, "unsaid"/"requests": 1, "skip": true, "unsaid"/' $suite
refuses "a key that nobody knows" "unknown key 'skip'"
sound; sed -i 's/"garden"/"house"/' $suite
refuses "a case twice" "house stands there twice"
sound; sed -i 's/"why": "weather"/"why": ""/' $suite
refuses "no reason" "'why' is not a text"
sound; mkdir suites/doors/shed
refuses "a package of no case" "no case names the folder 'shed'"
sound; mv suites/doors suites/gates
refuses "a suite under another name" "it is named 'doors', unlike its folder"
sound; rm $suite
refuses "a folder without suite.json" "can't be read"
sound; sed -i 's/weather/rain/' $suite
refuses "a page that tells something else" "is stale"
sound; rm -r suites/doors
refuses "nothing to run" "there are no suites"

exit $failed
