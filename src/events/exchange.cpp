#include "events/exchange.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {

constexpr double kEdge = 1.0;          // s: a walk may be seen this much before the gap or after it
constexpr double kLastOfSecond = 0.7;  // likelihood that the walk at a real change is seen
constexpr double kVisitorPenalty = 1.0;
constexpr double kVisitorSize = 0.5;  // size term that a visitor must differ by, before and after
constexpr double kSizePrior = 4;      // gaps that the size noise starts from

double log_normal(double x, double variance) {
    return -0.5 * (x * x / variance + std::log(variance));
}

struct Moments {
    double mean = 0, variance = 0;  // variance of the mean
    int n = 0;
};

Moments moments(std::vector<double> values) {
    Moments m;
    m.n = static_cast<int>(values.size());
    if (m.n == 0) return m;
    for (const double v : values)
        m.mean += v / m.n;
    double spread = 0;
    for (const double v : values)
        spread += (v - m.mean) * (v - m.mean);
    m.variance = m.n > 1 ? spread / (m.n - 1) / m.n : 0;
    return m;
}

std::vector<double> sizes_between(const std::deque<SizeSample>& sizes, double from, double to) {
    std::vector<double> out;
    for (const SizeSample& s : sizes)
        if (s.t >= from - 1e-9 && s.t <= to + 1e-9) out.push_back(s.size);
    return out;
}

// Log likelihood ratio of the best walk in the window against walks that happen anyway.
double walk_term(const std::vector<double>& times, double expected, double rate, double mu,
                 const SplitSettings& s) {
    double best = std::log(s.no_walk);
    for (const double t : times)
        best = std::max(best, std::log(kLastOfSecond / (mu * rate)) - std::abs(t - expected) / mu);
    return best;
}

double size_term(const SizeChange& change, double noise, const SplitSettings& s) {
    const double same = change.variance + noise * noise;
    const double other = same + s.other_size_noise * s.other_size_noise;
    return std::clamp(log_normal(change.mean, other) - log_normal(change.mean, same), s.size_floor,
                      s.size_ceiling);
}

double gap_term(double length, double mu, const SplitSettings& s) {
    return s.lomax_power * std::log1p((length - 1) / (2 * mu)) + std::log(mu / s.exchange_s);
}

// Time in which a person could not be seen says little about whether the person was there.
double excused(const SeatGap& gap, const SplitSettings& s) {
    return gap.blind_s + (1 - s.covered_weight) * gap.covered_s;
}

// Everything but the size. That one leaves and another comes just then is likelier for an exchange than the two walks
// each for itself would say.
double exchange_score(const SplitInput& in, double begin, double end, double excused_s,
                      const SplitSettings& s) {
    const double mu = in.statistics->mean_s();
    const double left =
        walk_term(in.walks->departures(begin - kEdge, end), begin, in.walks->departure_rate(), mu, s);
    const double came =
        walk_term(in.walks->arrivals(begin, end + kEdge), end, in.walks->arrival_rate(), mu, s);
    return s.prior + gap_term(std::max(end - begin - excused_s, s.min_gap_s), mu, s) + left + came +
           (left > 0 && came > 0 ? s.both_walks : 0);
}

bool enough_after(const SplitInput& in, double end, const SplitSettings& s) {
    const auto after = sizes_between(*in.sizes, end, in.now).size();
    if (after < static_cast<std::size_t>(s.min_after)) return false;
    return in.ended || after >= static_cast<std::size_t>(s.enough_after) || in.now - end >= s.enough_after_s;
}

bool worth_testing(const SplitInput& in, const SeatGap& gap, const SplitSettings& s) {
    return gap.end >= in.now - s.look_back_s && gap.length() > std::max(s.min_gap_s, 2.5 * in.dt);
}

// A visitor sat between two clients: gaps i..k with the boxes between them left out.
std::optional<double> visitor_score(const SplitInput& in, std::size_t i, std::size_t k,
                                    const SplitSettings& s) {
    const SeatGap &a = (*in.gaps)[i], &b = (*in.gaps)[k];
    if (b.begin - a.end >= s.visitor_s) return std::nullopt;
    const auto middle = sizes_between(*in.sizes, a.end, b.begin);
    const auto before = size_change(*in.sizes, a.begin, b.end, s);
    if (!before || middle.empty()) return std::nullopt;
    const auto old_sizes = sizes_between(*in.sizes, -1e18, a.begin),
               new_sizes = sizes_between(*in.sizes, b.end, 1e18);
    const Moments m = moments(middle), o = moments(old_sizes), n = moments(new_sizes);
    const double noise = in.statistics->size_noise();
    if (size_term({m.mean - o.mean, m.variance + o.variance}, noise, s) <= kVisitorSize) return std::nullopt;
    if (size_term({n.mean - m.mean, m.variance + n.variance}, noise, s) <= kVisitorSize) return std::nullopt;
    return exchange_score(in, a.begin, b.end, excused(a, s) + excused(b, s), s) +
           size_term(*before, noise, s) - kVisitorPenalty;
}

}  // namespace

void GapStatistics::same_person(double length_s, double size_excess) {
    const double beyond = std::clamp(length_s - 1, 0.0, settings_.mu_clip_s);
    lengths_.push_back(beyond);
    sum_ += beyond;
    if (lengths_.size() > static_cast<std::size_t>(settings_.mu_window)) {
        sum_ -= lengths_.front();
        lengths_.pop_front();
    }
    const double limit = settings_.other_size_noise * settings_.other_size_noise;
    size_excess_ += std::clamp(size_excess, -limit, limit);
    size_weight_ += 1;
}

double GapStatistics::mean_s() const {
    const double n = static_cast<double>(lengths_.size());
    return std::max(settings_.mu_floor_s,
                    (settings_.mu_prior_s * settings_.mu_weight + sum_) / (settings_.mu_weight + n));
}

double GapStatistics::size_noise() const {
    const double prior = settings_.same_size_noise * settings_.same_size_noise;
    const double mean = (prior * kSizePrior + size_excess_) / (kSizePrior + size_weight_);
    return std::sqrt(std::max(prior / 4, mean));
}

std::optional<SizeChange> size_change(const std::deque<SizeSample>& sizes, double begin, double end,
                                      const SplitSettings& settings) {
    auto before = sizes_between(sizes, -1e18, begin), after = sizes_between(sizes, end, 1e18);
    const auto most = static_cast<std::size_t>(settings.most);
    if (before.size() < static_cast<std::size_t>(settings.min_before) ||
        after.size() < static_cast<std::size_t>(settings.min_after))
        return std::nullopt;
    if (before.size() > most) before.erase(before.begin(), before.end() - static_cast<std::ptrdiff_t>(most));
    if (after.size() > most) after.resize(most);
    const Moments b = moments(std::move(before)), a = moments(std::move(after));
    return SizeChange{a.mean - b.mean, a.variance + b.variance};
}

std::optional<SplitFound> find_split(const SplitInput& in, const SplitSettings& s) {
    std::optional<SplitFound> best;
    const auto consider = [&](double score, std::size_t i, std::size_t k) {
        const SeatGap &a = (*in.gaps)[i], &b = (*in.gaps)[k];
        if (score > 0 && (!best || score > best->score)) best = {a.begin, b.end, score, i, k};
    };
    for (std::size_t i = 0; i < in.gaps->size(); ++i) {
        SeatGap& gap = (*in.gaps)[i];
        if (!worth_testing(in, gap, s) || !enough_after(in, gap.end, s)) continue;
        if (const auto change = size_change(*in.sizes, gap.begin, gap.end, s)) {
            gap.size_change = change->mean;
            gap.score = exchange_score(in, gap.begin, gap.end, excused(gap, s), s) +
                        size_term(*change, in.statistics->size_noise(), s);
            consider(gap.score, i, i);
        }
        for (std::size_t k = i; k-- > 0;) {
            const SeatGap& earlier = (*in.gaps)[k];
            if (gap.begin - earlier.end >= s.visitor_s) break;
            if (earlier.end < in.now - s.look_back_s) break;
            if (const auto score = visitor_score(in, k, i, s)) consider(*score, k, i);
        }
    }
    return best;
}

}  // namespace chairside
