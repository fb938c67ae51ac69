# Units and what they need, below the prefix; systemd also looks below /usr/local.
foreach(unit busbar.service busbar-connector@.service)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/systemd/${unit}.in ${CMAKE_CURRENT_BINARY_DIR}/packaging/${unit} @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/packaging/${unit} DESTINATION lib/systemd/system COMPONENT program)
endforeach()
install(FILES ${CMAKE_CURRENT_LIST_DIR}/sysusers/busbar.conf DESTINATION lib/sysusers.d COMPONENT program)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/tmpfiles/busbar.conf DESTINATION lib/tmpfiles.d COMPONENT program)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/polkit/50-busbar.rules DESTINATION share/polkit-1/rules.d COMPONENT program)
