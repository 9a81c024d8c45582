#pragma once
// CHECK(condition): guards against our own bugs, also in release builds. Never used on input.

namespace chairside::detail {
[[noreturn]] void check_failed(const char* expression, const char* file, int line);
}

#define CHAIRSIDE_CHECK(condition)                                                           \
    do {                                                                                     \
        if (!(condition)) ::chairside::detail::check_failed(#condition, __FILE__, __LINE__); \
    } while (false)
