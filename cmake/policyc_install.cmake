# What `cmake --install` puts where, and the Debian packages that cpack makes of it:
#
#   libpolicyc0     the C libraries                     component runtime
#   libpolicyc-dev  headers, static C++ libraries, CMake and pkg-config files    component dev
#   policyc         the command, its manual and completions                      component command
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(policyc_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/policyc)

# The C++ libraries, one export set for each component of find_package(policyc): whoever asks for the evaluator
# alone needs nothing else.
set(policyc_sets vm)
set(policyc_vm_targets policyc_vm)
if(POLICYC_BUILD_COMPILER)
  list(APPEND policyc_sets compiler snapshot)
  set(policyc_compiler_targets policyc_grammar policyc_compiler)
  set(policyc_snapshot_targets policyc_snapshot)
endif()
if(POLICYC_BUILD_BINDINGS)
  list(APPEND policyc_sets c)
  set(policyc_c_targets policyc_c)
  if(POLICYC_BUILD_COMPILER)
    list(APPEND policyc_c_targets policyc_c_compile)
  endif()
endif()

foreach(set IN LISTS policyc_sets)
  install(TARGETS ${policyc_${set}_targets} EXPORT policyc-${set}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT dev)
  install(EXPORT policyc-${set} NAMESPACE policyc:: FILE policyc-${set}-targets.cmake
    DESTINATION ${policyc_cmake_dir} COMPONENT dev)
endforeach()

foreach(folder vm grammar compiler snapshot bindings/c)
  if(folder STREQUAL vm OR (folder STREQUAL bindings/c AND POLICYC_BUILD_BINDINGS) OR
     (NOT folder STREQUAL bindings/c AND POLICYC_BUILD_COMPILER))
    install(DIRECTORY ${folder}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
  endif()
endforeach()

configure_package_config_file(cmake/policyc-config.cmake.in policyc-config.cmake
  INSTALL_DESTINATION ${policyc_cmake_dir} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change what the C++ headers say.
write_basic_package_version_file(policyc-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/policyc-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/policyc-config-version.cmake
  DESTINATION ${policyc_cmake_dir} COMPONENT dev)

# Relocatable: paths follow from where the file itself lies, but for those that whoever builds wants absolute.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(policyc_pc_prefix ${CMAKE_INSTALL_PREFIX})
else()
  file(RELATIVE_PATH policyc_up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  set(policyc_pc_prefix "\${pcfiledir}/${policyc_up}")
endif()
set(policyc_pc_libdir "\${prefix}")
set(policyc_pc_includedir "\${prefix}")
cmake_path(APPEND policyc_pc_libdir "${CMAKE_INSTALL_LIBDIR}")
cmake_path(APPEND policyc_pc_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
set(policyc_pc_files policyc-vm)
if(POLICYC_BUILD_BINDINGS)
  list(APPEND policyc_pc_files policyc)
  if(POLICYC_BUILD_COMPILER)
    list(APPEND policyc_pc_files policyc-compile)
  endif()
endif()
foreach(name IN LISTS policyc_pc_files)
  configure_file(cmake/${name}.pc.in ${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
endforeach()

if(POLICYC_BUILD_CLI)
  install(TARGETS policyc_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT command)
  # Written by the command itself, so that they say what it understands.
  set(written ${CMAKE_CURRENT_BINARY_DIR}/written)
  add_custom_command(OUTPUT ${written}/policyc.1 ${written}/policyc.bash ${written}/_policyc ${written}/policyc.fish
    COMMAND ${CMAKE_COMMAND} -E make_directory ${written}
    COMMAND policyc_cli doc --command man > ${written}/policyc.1
    COMMAND policyc_cli completions bash > ${written}/policyc.bash
    COMMAND policyc_cli completions zsh > ${written}/_policyc
    COMMAND policyc_cli completions fish > ${written}/policyc.fish
    DEPENDS policyc_cli VERBATIM)
  add_custom_target(policyc_written ALL
    DEPENDS ${written}/policyc.1 ${written}/policyc.bash ${written}/_policyc ${written}/policyc.fish)
  install(FILES ${written}/policyc.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT command)
  install(FILES ${written}/policyc.bash RENAME policyc
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT command)
  install(FILES ${written}/_policyc DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT command)
  install(FILES ${written}/policyc.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT command)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "the policyc authors <noreply@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_CURRENT_SOURCE_DIR}/LICENSE)
set(CPACK_COMPONENTS_ALL runtime dev command)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libpolicyc${PROJECT_VERSION_MAJOR})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_DEV_PACKAGE_NAME libpolicyc-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libpolicyc${PROJECT_VERSION_MAJOR} (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS "libyaml-cpp-dev, libsimdjson-dev")
set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME policyc)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_CURRENT_BINARY_DIR}/bindings/c)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
include(CPack)
