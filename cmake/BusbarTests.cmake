# Tests come in two kinds, told apart by their label: `unit-PRESET` and `scenario-PRESET` (`ctest -L unit` finds the first).
# Unit tests need nothing but their own program; scenarios run the finished `busbar`, a store, tshark or scapy.
include(GoogleTest)
# Scripts are for Debian's own Python, which has scapy.
find_program(BUSBAR_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)

# What ./test builds: every unit test program, and everything that scenarios run.
add_custom_target(unit_tests)
add_custom_target(scenario_tests)

configure_file(${PROJECT_SOURCE_DIR}/tests/support/source_dir.hpp.in ${PROJECT_BINARY_DIR}/tests/generated/support/source_dir.hpp @ONLY)

# busbar_test(iec104 DEPENDS iec104): one program of every *.cpp in tests/NAME; each TEST is a ctest of its own.
function(busbar_test name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_tests ${sources})
  add_dependencies(unit_tests ${name}_tests)
  list(TRANSFORM arg_DEPENDS PREPEND busbar_)
  target_include_directories(${name}_tests PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_BINARY_DIR}/tests/generated)
  target_link_libraries(${name}_tests PRIVATE busbar_flags ${arg_DEPENDS} ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name}_tests DISCOVERY_TIMEOUT 60 DISCOVERY_MODE PRE_TEST
    PROPERTIES TIMEOUT 120 LABELS unit-${BUSBAR_PRESET})
endfunction()

# busbar_unit_check(name COMMAND ...): a unit test that is a script, for example one that reads the sources.
function(busbar_unit_check name)
  cmake_parse_arguments(arg "" "TIMEOUT" "COMMAND" ${ARGN})
  add_test(NAME ${name} COMMAND ${arg_COMMAND})
  busbar_test_properties(${name} unit "${arg_TIMEOUT}" 120)
endfunction()

# busbar_scenario(name COMMAND program-or-script arguments [TIMEOUT seconds] [SERIAL] [NEEDS targets]): a test that runs the
# finished program, found in the environment as BUSBAR_PROGRAM. SERIAL: no other test at the same time.
# NEEDS: what must be built beside the program. Exit code 77 means skipped (say why on standard output).
function(busbar_scenario name)
  cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "COMMAND;NEEDS" ${ARGN})
  if(NOT TARGET busbar)
    return()
  endif()
  # ./test looks at several build folders at once, and ctest gives properties to every test of a name.
  if(NOT BUSBAR_PRESET STREQUAL "release")
    string(APPEND name ".${BUSBAR_PRESET}")
  endif()
  add_test(NAME ${name} COMMAND ${arg_COMMAND})
  busbar_test_properties(${name} scenario "${arg_TIMEOUT}" 300)
  set_tests_properties(${name} PROPERTIES
    ENVIRONMENT "BUSBAR_PROGRAM=$<TARGET_FILE:busbar>;BUSBAR_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
    RUN_SERIAL ${arg_SERIAL})
  add_dependencies(scenario_tests busbar ${arg_NEEDS})
endfunction()

function(busbar_test_properties name kind timeout default_timeout)
  if(NOT timeout)
    set(timeout ${default_timeout})
  endif()
  set_tests_properties(${name} PROPERTIES LABELS ${kind}-${BUSBAR_PRESET} TIMEOUT ${timeout} SKIP_RETURN_CODE 77)
endfunction()
