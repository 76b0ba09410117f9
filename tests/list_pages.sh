#!/usr/bin/env bash
# A list in pages, each begun where the one before said that there are more, is the whole list; and a cursor
# outlives the process that printed it, but not its snapshot.
#
#   tests/list_pages.sh POLICYC
set -euo pipefail
policyc=$(realpath "$1")
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT

cat >boards.policy <<'EOF'
policy boards version "1"
subject user {}
scope board { role reader public  action read }
allow reader to board.read
EOF
{
  echo 'snapshot: 1'
  echo 'users: [ { id: ann }, { id: bob }, { id: eve } ]'
  echo 'boards:'
  for i in $(seq 1 23); do echo "  - { id: b$i, grants: { reader: [ann, 'user:*'] } }"; done
} >facts.yaml

# in_pages WORDS...: all pages, one after the other.
in_pages() {
  local after=()
  for ((i = 0; i < 50; ++i)); do
    "$policyc" list "$@" -p boards.policy -s facts.yaml "${after[@]}" 2>note
    [ -s note ] || return 0
    after=(--after "$(sed -n 's/^policyc: there are more: --after //p' note)")
  done
  echo "there is no end of pages"
}

failed=0
for question in 'resources user:ann board.read board' 'subjects board.read board:b7'; do
  # shellcheck disable=SC2086
  "$policyc" list $question -p boards.policy -s facts.yaml >whole
  for limit in 1 2 3 22 23 24; do
    # shellcheck disable=SC2086
    in_pages $question --limit "$limit" >paged
    cmp -s whole paged || { echo "$question: pages of $limit differ"; failed=1; }
  done
done
[ "$(wc -l <whole)" -eq 4 ] || { echo "who may read: $(cat whole)"; failed=1; }

"$policyc" list resources user:ann board.read board -p boards.policy -s facts.yaml --limit 1 2>note >/dev/null
cursor=$(sed -n 's/.*--after //p' note)
echo '  - { id: new }' >>facts.yaml
status=0
"$policyc" list resources user:ann board.read board -p boards.policy -s facts.yaml --after "$cursor" \
  >out 2>note || status=$?
if [ "$status" -ne 2 ] || [ -s out ] || ! grep -q '^policyc: stale_handle: ' note; then
  echo "a cursor of another snapshot: status $status, $(cat out note)"
  failed=1
fi
[ "$failed" -ne 0 ] || echo "pages are the whole"
exit "$failed"
