#include "serve/expected_wait.hpp"

#include <algorithm>
#include <functional>
#include <random>

namespace chairside {
namespace {

constexpr int kPlays = 400;
constexpr double kLongerThanAny = 300;  // s that a service goes on for that outlasted all that are known
constexpr unsigned kSeed = 20261122;

double drawn(std::minstd_rand& random, const std::vector<double>& sorted, std::size_t first) {
    return sorted[first + random() % (sorted.size() - first)];
}

double rest_of(std::minstd_rand& random, const std::vector<double>& sorted, double elapsed) {
    const auto longer = std::upper_bound(sorted.begin(), sorted.end(), elapsed) - sorted.begin();
    const auto first = static_cast<std::size_t>(longer);
    return first == sorted.size() ? kLongerThanAny : drawn(random, sorted, first) - elapsed;
}

}  // namespace

std::optional<ExpectedWait> expected_wait(WaitInput input) {
    auto& services = input.services_s;
    if (services.size() < kFewestServices || input.elapsed_s.empty()) return std::nullopt;
    std::sort(services.begin(), services.end());
    std::minstd_rand random(kSeed);
    std::vector<double> waits;
    for (int play = 0; play < kPlays; ++play) {
        std::vector<double> free_in;  // a heap, the soonest first
        for (const double elapsed : input.elapsed_s)
            free_in.push_back(elapsed < 0 ? 0 : rest_of(random, services, elapsed));
        std::make_heap(free_in.begin(), free_in.end(), std::greater<>());
        for (int i = 0; i < input.waiting; ++i) {
            std::pop_heap(free_in.begin(), free_in.end(), std::greater<>());
            free_in.back() += drawn(random, services, 0);
            std::push_heap(free_in.begin(), free_in.end(), std::greater<>());
        }
        waits.push_back(free_in.front());
    }
    std::sort(waits.begin(), waits.end());
    ExpectedWait out;
    for (const double wait : waits)
        out.mean_s += wait / kPlays;
    out.p90_s = waits[kPlays * 9 / 10];
    return out;
}

}  // namespace chairside
