install(TARGETS autarky autarky_static autarky_shared
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/autarky DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
configure_file(cmake/autarky.pc.in autarky.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/autarky.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(EXISTS ${CMAKE_SOURCE_DIR}/man/autarky.1)
  install(FILES man/autarky.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
if(EXISTS ${CMAKE_SOURCE_DIR}/completions/autarky.bash)
  install(FILES completions/autarky.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME autarky)
endif()
