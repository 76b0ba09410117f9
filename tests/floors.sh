#!/usr/bin/env bash
# Who may stand on whom: the floors of docs/architecture.md, checked on every #include line and on what the
# targets link. Prints each line that breaks a floor, and why; exits 1 if there is one.
#
#   tests/floors.sh ROOT LINKS     ROOT is the repository, LINKS the list that tests/CMakeLists.txt writes
set -euo pipefail

if [ $# -ne 2 ] || [ ! -d "$1" ] || [ ! -f "$2" ]; then
  echo "usage: tests/floors.sh ROOT LINKS" >&2
  exit 2
fi
cd "$1"
links=$2

# What a place may include: its own headers, those of other floors (vm: the public ones; vm/src: the private
# ones too) and libraries. Whatever isn't here is refused. The longest matching place counts, so that public
# headers are held to more than what is behind them.
declare -A may=(
  [vm/include]="vm/include std"
  [vm/src]="vm/include vm/src std xxhash intrinsics"
  [grammar/include]="grammar/include std"
  [grammar/src]="grammar/include grammar/src std system pegtl"
  [compiler/include]="compiler/include grammar/include vm/include std"
  [compiler/src]="compiler/include compiler/src grammar/include vm/include vm/src std"
  [snapshot/include]="snapshot/include grammar/include vm/include std"
  [snapshot/src]="snapshot/include snapshot/src grammar/include vm/include vm/src std system yaml-cpp simdjson"
  [cli]="cli compiler/include snapshot/include grammar/include vm/include vm/src std system cli11 nlohmann_json"
  [bindings/include]="bindings/include system"
  [bindings/src]="bindings/include bindings/src compiler/include snapshot/include grammar/include vm/include std"
  [tests/oracle]="tests/oracle grammar/include std system"
)

# What is no business of a library: it is handed text or bytes; it keeps no clock, opens no file, reads no
# environment and prints nothing.
unwelcome='chrono|ctime|filesystem|fstream|future|iostream|locale|mutex|random|regex|shared_mutex|thread'

unwelcome_calls='(printf|fprintf|puts|fputs|putchar|fopen|getenv)\('

# What each target may link, policyc_flags aside.
declare -A may_link=(
  [policyc_vm]=""
  [policyc_grammar]="taocpp::pegtl"
  [policyc_compiler]="policyc_grammar policyc_vm policyc_vm_internals"
  [policyc_snapshot]="policyc_grammar policyc_vm policyc_vm_internals yaml-cpp simdjson::simdjson"
)

failed=0
complain() { # WHERE WHAT WHY
  printf '%s: %s\n  %s\n' "$1" "$2" "$3"
  failed=1
}

contains() { # LIST WORD
  case " $1 " in *" $2 "*) return 0 ;; esac
  return 1
}

# The place that a header in quotes belongs to; empty if there is none. A file's own folder comes first, as for
# the compiler; then public headers, then private ones.
place_of() { # INCLUDING-FILE HEADER
  local place
  if [ -e "${1%/*}/$2" ]; then
    place_of_path "${1%/*}/$2"
    return
  fi
  for place in {vm,grammar,compiler,snapshot,bindings/c}/{include,src} cli tests bench; do
    if [ -e "$place/$2" ]; then
      place_of_path "$place/$2"
      return
    fi
  done
}
place_of_path() { # PATH
  case $1 in
    bindings/*/*/*)
      local part=${1#bindings/*/}
      echo "bindings/${part%%/*}" ;;
    vm/*/* | grammar/*/* | compiler/*/* | snapshot/*/* | tests/*/*)
      local rest=${1#*/}
      echo "${1%%/*}/${rest%%/*}" ;;
    *) echo "${1%%/*}" ;;
  esac
}

# The library that a header in angle brackets belongs to.
library_of() { # HEADER
  case $1 in
    tao/pegtl*) echo pegtl ;;
    xxhash.h) echo xxhash ;;
    immintrin.h) echo intrinsics ;;
    yaml-cpp/*) echo yaml-cpp ;;
    simdjson.h | simdjson/*) echo simdjson ;;
    CLI/*) echo cli11 ;;
    nlohmann/*) echo nlohmann_json ;;
    *.h) echo system ;;
    */*) echo "unknown" ;;
    *) echo std ;;
  esac
}

# 1. Every #include line of the product, and of the oracle.
seen=0
while IFS=: read -r file line text; do
  seen=$((seen + 1))
  place=$(place_of_path "$file")
  if [ -z "${may[$place]+known}" ]; then
    complain "$file:$line" "$text" "$place is no place for sources"
    continue
  fi
  if [[ $text =~ \"(.+)\" ]]; then
    target=$(place_of "$file" "${BASH_REMATCH[1]}")
    [ -n "$target" ] || target="a header that no floor has"
    [[ ${BASH_REMATCH[1]} != *..* ]] || target="a path that climbs"
  elif [[ $text =~ \<(.+)\> ]]; then
    header=${BASH_REMATCH[1]}
    target=$(library_of "$header")
    if [ "$target" = std ] && [[ $place != cli && $place != tests/* && $header =~ ^($unwelcome)$ ]]; then
      target="<$header>"
    fi
  else
    target="something that isn't written out"
  fi
  contains "${may[$place]}" "$target" || complain "$file:$line" "$text" "$place may not include $target"
done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include' \
  --include='*.cpp' --include='*.hpp' --include='*.h' --include='*.def' \
  vm grammar compiler snapshot bindings cli tests/oracle)

if [ "$seen" -eq 0 ]; then
  complain "$PWD" "no #include line found" "nothing was checked"
fi

# 2. What libraries leave to the command.
while IFS=: read -r file line text; do
  complain "$file:$line" "$text" "libraries print nothing and read no file or environment"
done < <(grep -rnE "(^|[^_[:alnum:].>])$unwelcome_calls" --include='*.cpp' --include='*.hpp' \
  vm grammar compiler snapshot bindings || true)

# 3. PEGTL is in one translation unit: whichever sources reach its headers are compiled with it.
reaches_pegtl() { # FILE
  local file header
  local -a open=("$1")
  local -A seen=()
  while [ ${#open[@]} -gt 0 ]; do
    file=${open[0]}
    open=("${open[@]:1}")
    [ -z "${seen[$file]+known}" ] && [ -e "$file" ] || continue
    seen[$file]=1
    ! grep -qE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<tao/pegtl' "$file" || return 0
    while read -r header; do
      open+=("grammar/src/$header")
    done < <(sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"(.+)".*/\1/p' "$file")
  done
  return 1
}
for source in grammar/src/*.cpp; do
  if [ "$source" != grammar/src/parse.cpp ] && reaches_pegtl "$source"; then
    complain "$source" "includes PEGTL" "only grammar/src/parse.cpp is compiled with it"
  fi
done

# 4. Documents are read by events: looking for a key in a tree of nodes would make one.
while IFS=: read -r file line text; do
  complain "$file:$line" "$text" "snapshots are read by yaml-cpp's events, not as a tree"
done < <(grep -rnE 'YAML::(Node|Load)' snapshot || true)

# 5. What the targets link.
for target in "${!may_link[@]}"; do
  grep -q "^$target " "$links" || complain "$links" "$target" "its link line is missing"
done
while read -r target property library; do
  [ -n "${may_link[$target]+known}" ] || continue
  # A private library of a static one is linked, and not shown, by whoever links that.
  plain=${library#'$<LINK_ONLY:'}
  plain=${plain#'$<BUILD_INTERFACE:'}
  plain=${plain//'>'/}
  [ "$plain" != policyc_flags ] || continue
  contains "${may_link[$target]}" "$plain" || complain "$target" "$property $library" "$target may not link $plain"
  case $property,$library in
    INTERFACE_LINK_LIBRARIES,taocpp::* | 'INTERFACE_LINK_LIBRARIES,$<BUILD_INTERFACE:taocpp::'* | INTERFACE_LINK_LIBRARIES,yaml-cpp | INTERFACE_LINK_LIBRARIES,simdjson::*)
      complain "$target" "$property $library" "its users would see it: link it PRIVATE" ;;
  esac
done <"$links"

# 6. The oracle is read beside docs/language.md: docs/adr/0011 says how long it may be.
while read -r file most; do
  lines=$(wc -l <"$file")
  [ "$lines" -le "$most" ] || complain "$file" "$lines lines" "it may have $most"
done <<'END'
tests/oracle/oracle.cpp 400
tests/oracle/tree.hpp 320
tests/oracle/facts.hpp 135
tests/oracle/times.hpp 255
tests/oracle/duties.hpp 40
tests/oracle/oracle.hpp 100
tests/oracle/constraints.cpp 80
tests/oracle/open_roles.hpp 60
tests/oracle/role_values.hpp 50
END

[ "$failed" -ne 0 ] || echo "$seen #include lines and the targets' links keep to their floors"
exit "$failed"
