# One library per folder under src/, with its unit tests beside the sources.
#
#   chairside_module(track SOURCES tracker.cpp DEPS detect LIBS Eigen3::Eigen TESTS tracker_test.cpp)
#
# DEPS are our own folders (public), LIBS third-party targets that stay inside the folder (private).
# TESTS go into one executable, <name>_test; each GoogleTest case is one ctest case.

add_library(chairside_options INTERFACE)
target_include_directories(chairside_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(chairside_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror
  # g++ 12 raises this one falsely on std::optional and in the date library; the sanitizer runs look for real cases.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
target_compile_definitions(chairside_options INTERFACE CHAIRSIDE_VERSION="${PROJECT_VERSION}")
target_link_libraries(chairside_options INTERFACE Threads::Threads tl::expected)
if(CHAIRSIDE_SANITIZE)
  add_compile_options(-fsanitize=${CHAIRSIDE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CHAIRSIDE_SANITIZE})
endif()

# Sanitized builds parse what nearly every file includes once: a third of their compile time. Of the optimised build only the tests
# do (a quarter of theirs), so that it still finds a file that forgets to include what it uses.
set(CHAIRSIDE_EVERYWHERE <algorithm> <array> <atomic> <chrono> <cmath> <condition_variable> <deque> <filesystem> <fstream>
  <functional> <map> <memory> <mutex> <optional> <random> <set> <sstream> <string> <thread> <vector> <nlohmann/json.hpp>
  <tl/expected.hpp>)
function(chairside_parsed_once name)
  cmake_parse_arguments(P "" "" "HEADERS;LIBS;OPTIONS" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cpp CONTENT "")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE chairside_options ${P_LIBS})
  # The time of a header is not kept in it: ccache knows it by what is in it.
  target_compile_options(${name} PRIVATE ${P_OPTIONS}
    "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  target_precompile_headers(${name} PRIVATE ${P_HEADERS})
endfunction()
if(CHAIRSIDE_SANITIZE)
  if(CHAIRSIDE_FUZZ)
    set(coverage -fsanitize=fuzzer-no-link)
  endif()
  chairside_parsed_once(parsed_once HEADERS ${CHAIRSIDE_EVERYWHERE} OPTIONS ${coverage})
else()
  # What is tested is as it will run; the tests themselves compile in two thirds of the time.
  # -Wno-…: g++ 12 raises these falsely on std::string there, as it no longer sees that <string> is the system's.
  set(CHAIRSIDE_TEST_OPTIONS -O1 -Wno-array-bounds -Wno-stringop-overflow -Wno-restrict)
endif()
if(CHAIRSIDE_TESTS)
  chairside_parsed_once(parsed_once_by_tests HEADERS ${CHAIRSIDE_EVERYWHERE} <gmock/gmock.h> <gtest/gtest.h>
    LIBS GTest::gtest GTest::gmock OPTIONS ${CHAIRSIDE_TEST_OPTIONS})
endif()

add_custom_target(unit_tests)

function(chairside_module name)
  cmake_parse_arguments(M "" "" "SOURCES;DEPS;LIBS;PUBLIC_LIBS;TESTS;TEST_LIBS" ${ARGN})
  add_library(chairside_${name} STATIC ${M_SOURCES})
  target_link_libraries(chairside_${name} PUBLIC chairside_options ${M_PUBLIC_LIBS} PRIVATE ${M_LIBS})
  if(CHAIRSIDE_FUZZ)
    # The code under test reports its coverage to libFuzzer; for unit tests that would only cost (half as much again).
    target_compile_options(chairside_${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  if(CHAIRSIDE_SANITIZE)
    target_precompile_headers(chairside_${name} REUSE_FROM parsed_once)
  endif()
  foreach(dep ${M_DEPS})
    target_link_libraries(chairside_${name} PUBLIC chairside_${dep})
  endforeach()
  if(CHAIRSIDE_TESTS AND M_TESTS)
    chairside_test(${name}_test SOURCES ${M_TESTS} LIBS chairside_${name} ${M_LIBS} ${M_TEST_LIBS})
  endif()
endfunction()

function(chairside_test name)
  cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  add_executable(${name} ${T_SOURCES})
  add_dependencies(unit_tests ${name})
  target_link_libraries(${name} PRIVATE chairside_options ${T_LIBS} GTest::gtest GTest::gmock GTest::gtest_main ${RAPIDCHECK_LIB})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_options(${name} PRIVATE ${CHAIRSIDE_TEST_OPTIONS})
  target_precompile_headers(${name} REUSE_FROM parsed_once_by_tests)
  # Only where it is used: all other files compile the same in every checkout, and ccache knows them.
  foreach(source ${T_SOURCES})
    file(STRINGS ${source} uses REGEX CHAIRSIDE_SOURCE_DIR LIMIT_COUNT 1)
    if(uses)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS CHAIRSIDE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    endif()
  endforeach()
  # Cases are listed when ctest runs, not at build time: a test binary must not be able to break the build.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}")
endfunction()
