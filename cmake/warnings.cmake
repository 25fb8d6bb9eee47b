# Warnings of the house; errors in the dev, clang and sanitizer presets.
function(autk_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
    -Wshadow -Wformat=2 -Wundef -Wcast-qual -Wwrite-strings -Wvla
    $<$<COMPILE_LANG_AND_ID:C,GNU>:-Wno-format-truncation> # cutting a message short is meant
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes> $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>)
  if(AUTK_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

if(AUTK_SANITIZE)
  add_compile_options(-fsanitize=${AUTK_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${AUTK_SANITIZE})
  if(AUTK_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
