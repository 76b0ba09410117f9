#!/usr/bin/env bash
# What the fuzzers begin with, from the golden cases and the policies, and the words that they try.
#
#   tests/fuzz/seeds/make.sh FOLDER      writes FOLDER/TARGET/… and FOLDER/TARGET.dict
set -euo pipefail
out=$(realpath -m "$1")
cd "$(dirname "$0")/../../.."
mkdir -p "$out"

# Sections of golden cases whose files end with EXT, one file each, with PREFIX in front.
sections() { # TARGET EXT PREFIX
  mkdir -p "$out/$1"
  find tests/golden -name '*.case' | sort | awk -v folder="$out/$1" -v ext="$2" -v prefix="$3" '
    { path = $0; count = 0; file = ""
      name = path; gsub("[/.]", "-", name)
      while ((getline line < path) > 0) {
        if (line ~ /^--- /) {
          if (file != "") close(file)
          file = ""
          if (line ~ ("\\." ext "$")) {
            file = folder "/" name "-" ext "-" ++count
            printf "%s", prefix > file
          }
        } else if (file != "") print line > file
      }
      if (file != "") close(file)
      close(path) }'
}

sections policy_text policy ""
find policies -name '*.policy' -size -4k | while read -r file; do
  cp "$file" "$out/policy_text/$(tr '/' '-' <<<"$file")"
done
sections yaml_snapshot yaml ""
find policies -name '*.yaml' -size -64k | while read -r file; do
  cp "$file" "$out/yaml_snapshot/$(tr '/' '-' <<<"$file")"
done
sections json_snapshot json j
sections json_snapshot jsonl l
sections yaml_vs_json json ""
sections requests jsonl ""

# A line each; and words of commands, a line each.
mkdir -p "$out/request_json" "$out/cli_args" "$out/matches_vs_naive"
cat "$out"/requests/* tests/fuzz/seeds/requests.jsonl | grep '"action"' | sort -u |
  awk -v folder="$out/request_json" '{ file = folder "/" NR; print > file; close(file) }'
rm -r "$out/requests"
grep -h -A 1 -e '^--- run' -r tests/golden | grep '^policyc ' | cut -d ' ' -f 2- | sort -u |
  awk -v folder="$out/cli_args" '{ gsub(/ +/, "\n"); file = folder "/" NR; print > file; close(file) }'
while IFS=' ' read -r name pattern text; do
  printf '%s\0%s' "$pattern" "$text" >"$out/matches_vs_naive/$name"
done <<'END'
ends *.txt report.txt
middle a*b*c aXbYbZc
many **a*** bab
none draft draft
greedy *aab aaab
END

# Keywords are what the grammar says; keys are what snapshots and requests have.
words() { sed -e 's/[\\"]/\\&/g' -e 's/.*/"&"/' | sort -u; }
grep -rhoE '(TAO_PEGTL|POLICYC)_KEYWORD\( *"[a-z_]+"' grammar/src | grep -oE '[a-z_]+"$' | tr -d '"' |
  words >"$out/policy_text.dict"
printf '%s\n' '{' '}' '(' ')' '==' '!=' '<=' ' = ' ': set<' '?' '.**' '@id("' 'user:ann' '//' |
  words >>"$out/policy_text.dict"
cat "$out"/yaml_snapshot/* | grep -oE '[a-z_]+:' | sort -u | head -n 200 | words >"$out/yaml_snapshot.dict"
cat "$out"/json_snapshot/* | grep -oE '"[a-z_]+":' | sort -u | head -n 200 | words >"$out/json_snapshot.dict"
cp "$out/json_snapshot.dict" "$out/yaml_vs_json.dict"
cat "$out"/request_json/* | grep -oE '"[a-z_.:]+"' | sort -u | head -n 300 | words >"$out/request_json.dict"
grep -ohE -e '--[a-z][a-z-]+' docs/cli.md | words >"$out/cli_args.dict"
printf '%s\n' check test build eval list resources subjects actions matrix disasm doc snapshot init \
  main.policy facts.yaml requests.jsonl user:ann team:blue team.read | words >>"$out/cli_args.dict"
