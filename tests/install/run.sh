#!/usr/bin/env bash
# Installs the package, moves it elsewhere, and builds somebody else's project against it on a machine that seems
# to have no parsers: their headers are traps, and CMake may not find them.
#
#   tests/install/run.sh BUILD CXX CC
set -euo pipefail
build=$(realpath "$1")
source=$(realpath "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Installed in one place, used in another: nothing in the package may say where it was put.
cmake --install "$build" --prefix "$work/first" >"$work/log"
mv "$work/first" "$work/prefix"
prefix=$work/prefix
if grep -rIl -e "$work/first" -e "$source" "$prefix/lib" "$prefix/include" >"$work/found"; then
  echo "these say where the package was built or installed:"
  cat "$work/found"
  exit 1
fi

# The README's files and its program, to the letter.
block() { # INFO-STRING
  awk -v fence="\`\`\`$1" '$0 == fence { inside = 1; next } /^```/ { inside = 0 } inside' "$source/README.md"
}
mkdir "$work/project"
cp "$source"/tests/install/{CMakeLists.txt,compile.cpp,compile.c,decide.c,list.cpp,list.c} "$work/project"
cd "$work/project"
block 'policy todo.policy' >todo.policy
block 'yaml todo.yaml' >todo.yaml
block 'cpp decide.cpp' >decide.cpp
lines=$(grep -cvE '^[[:space:]]*$' decide.cpp)
if [ "$lines" -gt 20 ] || [ "$lines" -lt 10 ]; then
  echo "the README's program has $lines lines"
  exit 1
fi
"$prefix/bin/policyc" build todo.policy -o todo.pbc >/dev/null
"$prefix/bin/policyc" snapshot build todo.yaml --policy todo.policy -o todo.psnap >/dev/null

mkdir -p traps/tao traps/yaml-cpp
for header in tao/pegtl.hpp yaml-cpp/yaml.h simdjson.h; do
  echo '#error "the installed package needs a parser"' >"traps/$header"
done
cmake -S . -B made -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$2" -DCMAKE_C_COMPILER="$3" \
  -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_FLAGS="-isystem $PWD/traps -Wall -Wextra -Wpedantic" \
  -DCMAKE_DISABLE_FIND_PACKAGE_pegtl=ON -DCMAKE_DISABLE_FIND_PACKAGE_yaml-cpp=ON \
  -DCMAKE_DISABLE_FIND_PACKAGE_simdjson=ON >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cmake --build made --parallel 2 >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

failed=0
expect() { # EXPECTED COMMAND...
  local expected=$1 printed
  shift
  printed=$("$@" 2>&1) || true
  if [ "$printed" != "$expected" ]; then
    printf '%s\n  printed: %s\n  expected: %s\n' "$*" "$printed" "$expected"
    failed=1
  fi
}
for program in ./made/decide ./made/decide_c; do
  expect allow "$program" user:ann list.delete list:chores
  expect deny "$program" user:bob list.delete list:chores
  expect deny "$program" user:nobody list.edit list:chores
done
expect "user:ann user:bob list:chores read " ./made/list
expect "user:ann user:bob list:chores list.read " ./made/list_c
expect "1 action, 1 rule" ./made/compile
expect allow ./made/compile_c

# The whole package, for whoever reads snapshots in a program of his own: with the parsers' libraries, and without
# the traps.
mkdir "$work/reader"
cp "$source"/tests/install/reader/{CMakeLists.txt,reader.cpp} todo.policy todo.yaml "$work/reader"
cmake -S "$work/reader" -B "$work/reader/made" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$2" \
  -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cmake --build "$work/reader/made" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cd "$work/reader"
expect allow ./made/reader user:ann list.delete list:chores
expect deny ./made/reader user:bob list.delete list:chores
sed 's/lead:/laed:/' todo.yaml >wrong.yaml && mv wrong.yaml todo.yaml
expect "todo.yaml:5: team has no role 'laed'" ./made/reader user:ann list.delete list:chores
cd "$work/project"

# The evaluator links the standard library and nothing else.
others=$(ldd ./made/decide | awk '{ print $1 }' | grep -vE '^(linux-vdso|libstdc\+\+|libm|libgcc_s|libc|/lib.*/ld-linux.*)(\.so.*)?$' || true)
if [ -n "$others" ]; then
  printf 'the evaluator brings in: %s\n' "$others"
  failed=1
fi

# Whoever builds may want the libraries at an absolute place, as distributions do.
cmake -S "$source" -B "$work/absolute" -G Ninja -DPOLICYC_BUILD_COMPILER=OFF -DPOLICYC_BUILD_CLI=OFF -DPOLICYC_BUILD_TESTS=OFF \
  -DPOLICYC_BUILD_BINDINGS=OFF -DCMAKE_CXX_COMPILER="$2" -DCMAKE_INSTALL_PREFIX=/usr \
  -DCMAKE_INSTALL_LIBDIR=/usr/lib/somewhere >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
expect 'prefix=/usr libdir=/usr/lib/somewhere includedir=${prefix}/include ' bash -c "head -n 3 '$work/absolute/policyc-vm.pc' | tr '\n' ' '"

# Without CMake.
if command -v pkg-config >/dev/null; then
  PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name policyc.pc)")
  export PKG_CONFIG_PATH
  # shellcheck disable=SC2046
  "$2" -std=c++20 decide.cpp $(pkg-config --cflags --libs policyc-vm) -o by_pkg_config
  expect allow ./by_pkg_config user:ann list.delete list:chores
  # shellcheck disable=SC2046
  "$3" -std=c11 -Wall -Wextra -Wpedantic -Werror decide.c $(pkg-config --cflags --libs policyc) -o by_pkg_config_c
  # shellcheck disable=SC2046
  "$3" -std=c11 -Wall -Wextra -Wpedantic -Werror compile.c $(pkg-config --cflags --libs policyc policyc-compile) \
    -o by_pkg_config_compile
  LD_LIBRARY_PATH=$(dirname "$(find "$prefix" -name 'libpolicyc.so')")
  export LD_LIBRARY_PATH
  expect allow ./by_pkg_config_c user:ann list.delete list:chores
  expect allow ./by_pkg_config_compile
elif [ -n "${CI-}" ]; then
  echo "pkg-config is not installed"
  failed=1
fi

for file in bin/policyc share/man/man1/policyc.1 share/bash-completion/completions/policyc; do
  [ -s "$prefix/$file" ] || { echo "$file is missing"; failed=1; }
done
[ "$failed" -ne 0 ] || echo "the installed package decides"
exit "$failed"
