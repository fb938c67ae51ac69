# Units and what they need, below the prefix; systemd also looks below /usr/local.
set(polkit_rule ${CMAKE_INSTALL_FULL_DATADIR}/polkit-1/rules.d/50-busbar.rules)
if(NOT polkit_rule STREQUAL "/usr/share/polkit-1/rules.d/50-busbar.rules")
  string(CONCAT BUSBAR_POLKIT_LINK "# polkit of Debian 12 looks for rules in /usr/share and /etc only.\n"
    "L /etc/polkit-1/rules.d/50-busbar.rules - - - - ${polkit_rule}")
endif()
foreach(file systemd/busbar.service systemd/busbar-connector@.service tmpfiles/busbar.conf)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${file}.in ${CMAKE_CURRENT_BINARY_DIR}/packaging/${file} @ONLY)
endforeach()
foreach(unit busbar.service busbar-connector@.service)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/packaging/systemd/${unit} DESTINATION lib/systemd/system COMPONENT program)
endforeach()
install(FILES ${CMAKE_CURRENT_LIST_DIR}/sysusers/busbar.conf DESTINATION lib/sysusers.d COMPONENT program)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/packaging/tmpfiles/busbar.conf DESTINATION lib/tmpfiles.d COMPONENT program)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/polkit/50-busbar.rules DESTINATION share/polkit-1/rules.d COMPONENT program)
# The pages that the units name.
install(DIRECTORY docs/guide DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
