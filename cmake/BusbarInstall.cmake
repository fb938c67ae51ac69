# What another project gets: find_package(busbar), then busbar::base, busbar::iec60870, busbar::iec104 and
# busbar::iec102.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/busbar)

foreach(library base iec60870 iec104 iec102)
  install(TARGETS busbar_${library} EXPORT busbar_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libraries)
  install(DIRECTORY src/${library} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/busbar COMPONENT libraries
    FILES_MATCHING PATTERN "*.hpp")
endforeach()

install(EXPORT busbar_targets NAMESPACE busbar:: DESTINATION ${package_dir} COMPONENT libraries)
configure_package_config_file(cmake/busbar-config.cmake.in busbar-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(busbar-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/busbar-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/busbar-config-version.cmake
  DESTINATION ${package_dir} COMPONENT libraries)
