#include "base/result.hpp"

namespace chairside {

const char* to_string(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::kInvalid:
            return "invalid";
        case ErrorKind::kNotFound:
            return "not found";
        case ErrorKind::kUnavailable:
            return "unavailable";
        case ErrorKind::kCorrupt:
            return "corrupt";
        case ErrorKind::kIo:
            return "input/output";
        case ErrorKind::kEnd:
            return "end";
        case ErrorKind::kCancelled:
            return "cancelled";
    }
    return "unknown";
}

}  // namespace chairside
