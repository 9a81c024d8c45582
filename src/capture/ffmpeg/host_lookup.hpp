#pragma once
// Finds a host before FFmpeg does: its own lookup can neither be interrupted nor bounded in time.

#include <string>

#include "base/result.hpp"
#include "capture/ffmpeg/interrupt.hpp"

namespace chairside::av {

// The host in an address: without user, port and the brackets of IPv6; empty if there is none.
std::string host_of(const std::string& url);

// Waits until the name service knows the host. Failure: kUnavailable (unknown, or no answer in time),
// kCancelled. After a time-out the lookup goes on in a thread of its own, which touches nothing of ours.
Result<void> look_up(const std::string& host, const std::string& name, Interrupt& interrupt);

}  // namespace chairside::av
