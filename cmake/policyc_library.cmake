# policyc_library(NAME): the library of the current folder. Public headers are in include/, everything else in
# src/; sources are found, not listed. It can be linked as policyc::NAME.
include(GNUInstallDirs)

function(policyc_library name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/*.cpp)
  if(NOT sources)
    # An empty library, so that the other folders can be configured and built.
    message(WARNING "${name}: there are no sources in ${CMAKE_CURRENT_SOURCE_DIR}/src")
    file(CONFIGURE OUTPUT no_sources.cpp CONTENT "")
    set(sources ${CMAKE_CURRENT_BINARY_DIR}/no_sources.cpp)
  endif()

  add_library(policyc_${name} STATIC ${sources})
  add_library(policyc::${name} ALIAS policyc_${name})
  target_compile_features(policyc_${name} PUBLIC cxx_std_20)
  target_include_directories(policyc_${name}
    PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  target_link_libraries(policyc_${name} PRIVATE $<BUILD_INTERFACE:policyc_flags>)
  # Static libraries that may be linked into a shared one, and show nothing of themselves there.
  set_target_properties(policyc_${name} PROPERTIES
    EXPORT_NAME ${name}
    POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)

  # The door for those who may see private headers: tests and benchmarks, and the compiler those of the vm.
  add_library(policyc_${name}_internals INTERFACE)
  target_include_directories(policyc_${name}_internals INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/src)
endfunction()
