# busbar_embed(TARGET URL FILE...): the files as octets in the target, served below URL (manage/rest/web_files.hpp).
function(busbar_embed target url)
  set(types_html "text/html; charset=utf-8")
  set(types_css "text/css; charset=utf-8")
  set(types_js "text/javascript; charset=utf-8")
  set(octets "")
  set(declared "")
  set(rows "")
  set(number 0)
  foreach(file ${ARGN})
    get_filename_component(name ${file} NAME)
    get_filename_component(ending ${file} LAST_EXT)
    string(SUBSTRING ${ending} 1 -1 ending)
    set(symbol busbar_web_file_${number})
    string(APPEND octets "asm(\".section .rodata\\n.global ${symbol}, ${symbol}_end\\n${symbol}:\\n.incbin \\\"${file}\\\"\\n${symbol}_end:\\n.byte 0\\n.previous\");\n")
    string(APPEND declared "extern \"C\" const char ${symbol}[], ${symbol}_end[];\n")
    if(name STREQUAL "index.html")
      set(name "")
    endif()
    string(APPEND rows "    {\"${url}${name}\", \"${types_${ending}}\", {${symbol}, ${symbol}_end}},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/web_files.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[// Made by cmake/BusbarEmbed.cmake.
#include "manage/rest/web_files.hpp"

@octets@
@declared@
namespace busbar::manage {

std::span<const WebFile> web_files() {
    static const WebFile files[]{
@rows@    };
    return files;
}

}  // namespace busbar::manage
]])
  target_sources(${target} PRIVATE ${source})
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS "${ARGN}")
endfunction()
