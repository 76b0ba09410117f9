# Is there a test of this name? SUITE.NAME of GoogleTest, a golden case, or a script below tests/. To be sourced there.
is_test() {
  case $1 in
    *.case) [ -f "golden/$1" ] ;;
    *.sh) [ -x "$1" ] ;;
    *.*) grep -rqE "^TEST(_F|_P)?\((\w+, )?${1#*.}\)|^TEST(_F|_P)?\(${1%%.*}, ${1#*.}\)" --include='*.cpp' . &&
      grep -rqE "TEST(_F|_P)?\(${1%%.*}\w*, ${1#*.}\)" --include='*.cpp' . ;;
    *) false ;;
  esac
}
