# Third-party libraries, each from the distribution through pkg-config.
# Why each is there: docs/dependencies.md. The Debian packages: tools/packages.txt.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

set(AUTK_DEPENDENCIES Threads::Threads m)
function(autk_require module)
  string(TOUPPER "${module}" key)
  string(REGEX REPLACE "[^A-Z0-9]" "_" key "${key}")
  pkg_check_modules(${key} REQUIRED IMPORTED_TARGET GLOBAL ${module})
  set(AUTK_DEPENDENCIES ${AUTK_DEPENDENCIES} PkgConfig::${key} PARENT_SCOPE)
endfunction()

autk_require(sqlite3)
autk_require(libarchive)
autk_require(jansson)
autk_require(libzstd)
autk_require(yaml-0.1)
