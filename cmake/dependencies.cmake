# Third-party libraries, each from the distribution through pkg-config.
# Why each is there: docs/dependencies.md. The Debian packages: tools/packages.txt.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

set(AUTK_DEPENDENCIES Threads::Threads m)
set(AUTK_PC_REQUIRES "") # the same libraries, for autarky.pc
function(autk_require module)
  string(TOUPPER "${module}" key)
  string(REGEX REPLACE "[^A-Z0-9]" "_" key "${key}")
  pkg_check_modules(${key} REQUIRED IMPORTED_TARGET GLOBAL ${module})
  set(AUTK_DEPENDENCIES ${AUTK_DEPENDENCIES} PkgConfig::${key} PARENT_SCOPE)
  set(AUTK_PC_REQUIRES "${AUTK_PC_REQUIRES} ${module}" PARENT_SCOPE)
endfunction()

autk_require(sqlite3)
autk_require(libarchive)
autk_require(igraph)
autk_require(jansson)
autk_require(libzstd)
autk_require(yaml-0.1)

# Only where it is there: without it, autarky works in one process.
if(AUTK_MPI)
  pkg_check_modules(OMPI_C IMPORTED_TARGET GLOBAL ompi-c)
endif()
if(OMPI_C_FOUND)
  list(APPEND AUTK_DEPENDENCIES PkgConfig::OMPI_C)
  string(APPEND AUTK_PC_REQUIRES " ompi-c")
endif()

# ReadStat comes without a pkg-config file on Debian.
find_path(READSTAT_INCLUDE_DIR readstat.h REQUIRED)
find_library(READSTAT_LIBRARY readstat REQUIRED)
add_library(autk_readstat INTERFACE)
target_include_directories(autk_readstat SYSTEM INTERFACE ${READSTAT_INCLUDE_DIR})
target_link_libraries(autk_readstat INTERFACE ${READSTAT_LIBRARY})
list(APPEND AUTK_DEPENDENCIES autk_readstat)
