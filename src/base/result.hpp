#pragma once
// Result<T>: a value or an Error. Errors are values on every path that runs after start-up; exceptions of
// third-party libraries are caught in the folder that adapts the library.

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace chairside {

// The kind decides what the caller does: retry, drop the item, or stop.
enum class ErrorKind {
    kInvalid,      // the input is wrong; the same input fails again
    kNotFound,     // a file, a row, a host is not there
    kUnavailable,  // may work later: network, busy, timeout
    kCorrupt,      // stored data does not hold what it must
    kIo,           // the system refused: disk full, permission, device error
    kEnd,          // a stream came to its end; not a fault
    kCancelled,    // we were asked to stop
};

const char* to_string(ErrorKind kind);

struct Error {
    ErrorKind kind = ErrorKind::kInvalid;
    std::string message;  // for people: where, what was found, what is allowed
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
    return tl::unexpected<Error>(Error{kind, std::move(message)});
}

}  // namespace chairside
