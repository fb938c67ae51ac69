# busbar_fuzz(asdu DEPENDS iec60870): the libFuzzer program fuzz_asdu of asdu_fuzz.cpp in the calling folder. `./dev fuzz`
# finds it by its name, bin/fuzz_*, and its seeds in a folder of the same name.
function(busbar_fuzz name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LIBRARIES" ${ARGN})
  list(TRANSFORM arg_DEPENDS PREPEND busbar_)
  add_executable(fuzz_${name} ${CMAKE_CURRENT_SOURCE_DIR}/${name}_fuzz.cpp)
  target_link_libraries(fuzz_${name} PRIVATE busbar_flags ${arg_DEPENDS} ${arg_LIBRARIES})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
