#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace chairside::detail {

void check_failed(const char* expression, const char* file, int line) {
    // Straight to stderr: the log itself may be what is broken.
    std::fprintf(stderr, "chairside: internal error, please report: CHECK(%s) at %s:%d\n", expression, file,
                 line);
    std::abort();
}

}  // namespace chairside::detail
