#pragma once
// Leads FFmpeg's own log into ours, at level debug, without secrets and not faster than a person could read.

#include <string>

namespace chairside::av {

// Once per process; later calls do nothing. Threads: any.
void route_log();

// The last error that FFmpeg logged on this thread since the last call; empty if none. Redacted.
std::string take_last_error();

// Every address in the text as redacted() prints it.
std::string without_secrets(const std::string& text);

}  // namespace chairside::av
