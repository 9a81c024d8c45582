#pragma once
// How long who comes in now will wait for a chair, from who sits how long, who waits already, and how long services
// took lately. Pure. A queue is played through many times with services drawn from those of the last weeks; a service that
// goes on is drawn from those that were longer. The draws are the same each time, so the figure does not flicker.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace chairside {

struct WaitInput {
    std::vector<double> services_s;  // how long finished services took; any order
    std::vector<double>
        elapsed_s;    // of each chair that is used now: how long its client sits; below 0: it is free
    int waiting = 0;  // people before who comes now
};

struct ExpectedWait {
    double mean_s = 0, p90_s = 0;
};

inline constexpr std::size_t kFewestServices = 10;
// Nothing where too few services are known, or no chair is used.
std::optional<ExpectedWait> expected_wait(WaitInput input);

}  // namespace chairside
