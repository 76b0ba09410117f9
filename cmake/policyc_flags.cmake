# policyc_flags: how our own targets are compiled. Linked PRIVATE, so that nobody who uses a library of ours
# inherits warnings or sanitizers.

set(POLICYC_SANITIZE "" CACHE STRING "Sanitizers of every target, e.g. address,undefined")
option(POLICYC_ASSERTIONS "Check assertions and the standard library's preconditions in optimised builds" OFF)
option(POLICYC_COVERAGE "Count which lines run" OFF)
option(POLICYC_WERROR "Treat warnings as errors" ${PROJECT_IS_TOP_LEVEL})

add_library(policyc_flags INTERFACE)
target_compile_features(policyc_flags INTERFACE cxx_std_20)
target_compile_options(policyc_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow $<$<BOOL:${POLICYC_WERROR}>:-Werror>)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 reports overlapping copies in "text" + std::to_string(n), where there are none.
  target_compile_options(policyc_flags INTERFACE -Wno-restrict)
endif()

if(POLICYC_ASSERTIONS)
  target_compile_options(policyc_flags INTERFACE -UNDEBUG)
endif()
if(POLICYC_ASSERTIONS OR CMAKE_BUILD_TYPE STREQUAL "Debug")
  # An index out of range ends the program instead of reading on.
  target_compile_definitions(policyc_flags INTERFACE _GLIBCXX_ASSERTIONS)
endif()

if(POLICYC_SANITIZE)
  target_compile_options(policyc_flags INTERFACE
    -fsanitize=${POLICYC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(policyc_flags INTERFACE -fsanitize=${POLICYC_SANITIZE})
endif()

if(POLICYC_COVERAGE)
  target_compile_options(policyc_flags INTERFACE --coverage)
  target_link_options(policyc_flags INTERFACE --coverage)
endif()
