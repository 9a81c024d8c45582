#include "events/exchange.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace chairside {
namespace {

constexpr double kEdge = 1.0;            // s: a walk may be seen this much before the gap or after it
constexpr double kLastOfSecond = 0.7;    // likelihood that the walk at a real change is seen
constexpr double kMedianSquare = 0.455;  // median of a squared standard normal variable
constexpr double kVisitorPenalty = 1.0;
constexpr double kVisitorSize = 0.5;  // size term that a visitor must differ by, before and after
constexpr std::size_t kRisingKept = 100, kRisingKnown = 4;  // people who came
constexpr double kRisingPrior = 4, kRisingNoise = 0.02;     // people; ln size
constexpr std::size_t kSizePrior = 8;                       // gaps that the size noise starts from
constexpr int kShapeBoxes = 100;                            // that tell somebody's shape
constexpr std::size_t kShapesKept = 100, kShapesKnown = 4;  // pairs of people
constexpr double kOutlier = 3.5;                            // standard deviations of the bulk
constexpr double kOutliersMost = 0.15;                      // of the boxes; more are no outliers
constexpr double kLeastOutlier = 0.02;                      // ln size

double log_normal(double x, double variance) {
    return -0.5 * (x * x / variance + std::log(variance));
}

struct Moments {
    double mean = 0, variance = 0;  // variance of the mean
    double of_boxes = 0;            // sum of the boxes' squared deviations
    int n = 0;
};

double middle_of(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// Without the few samples of others who pass through the seat, or of one who is about to sit.
std::vector<SizeSample> without_outliers(std::vector<SizeSample> samples) {
    if (samples.empty()) return samples;
    std::vector<double> sizes, off;
    for (const SizeSample& s : samples)
        sizes.push_back(s.size);
    const double middle = middle_of(sizes);
    for (const double size : sizes)
        off.push_back(std::abs(size - middle));
    const double limit = std::max(kOutlier * 1.4826 * middle_of(off), kLeastOutlier);
    const auto outside = [&](const SizeSample& s) { return std::abs(s.size - middle) > limit; };
    if (kOutliersMost * static_cast<double>(samples.size()) >=
        static_cast<double>(std::count_if(samples.begin(), samples.end(), outside)))
        std::erase_if(samples, outside);
    return samples;
}

Moments moments(const std::vector<SizeSample>& samples, double SizeSample::*value,
                double SizeSample::*spread) {
    Moments m;
    if (samples.empty()) return m;
    double boxes = 0, within = 0, between = 0;
    for (const SizeSample& s : samples)
        boxes += s.boxes, m.mean += s.boxes * (s.*value), within += s.*spread;
    m.mean /= boxes;
    for (const SizeSample& s : samples)
        between += s.boxes * (s.*value - m.mean) * (s.*value - m.mean);
    m.n = static_cast<int>(boxes);
    m.of_boxes = within + between;
    // Boxes that differ each for itself, or samples that wander slowly: whichever leaves the mean less sure.
    const double n = static_cast<double>(samples.size());
    if (m.n > 1) m.variance = (within + between) / (boxes - 1) / boxes;
    if (n > 2) m.variance = std::max(m.variance, between / boxes / (n - 1));
    return m;
}

Moments size_moments(const std::vector<SizeSample>& samples) {
    return moments(without_outliers(samples), &SizeSample::size, &SizeSample::spread);
}

// Variance of the difference. A few boxes may be alike by chance: none is surer than those of both sides together are.
double variance_of_change(const Moments& b, const Moments& a) {
    const double box = (b.of_boxes + a.of_boxes) / std::max(1, b.n + a.n - 2);
    return std::max(b.variance, box / b.n) + std::max(a.variance, box / a.n);
}

std::vector<SizeSample> sizes_between(const std::deque<SizeSample>& sizes, double from, double to) {
    const auto first = std::lower_bound(sizes.begin(), sizes.end(), from - 1e-9,
                                        [](const SizeSample& s, double t) { return s.t < t; });
    const auto last = std::upper_bound(first, sizes.end(), to + 1e-9,
                                       [](double t, const SizeSample& s) { return t < s.t; });
    return {first, last};
}

int boxes_of(const std::vector<SizeSample>& samples) {
    int n = 0;
    for (const SizeSample& s : samples)
        n += s.boxes;
    return n;
}

double size_fit(const SizeChange& change, double noise, const SplitSettings& s) {
    const double same = change.variance + noise * noise;
    const double other = same + s.other_size_noise * s.other_size_noise;
    return std::max(log_normal(change.mean, other) - log_normal(change.mean, same), s.size_floor);
}

// One who leans or puts a cape on changes more than noise would: another size alone proves nothing. The same size, found with
// many boxes, is worth more than the likelihood says: it says as much after each of a client's many gaps.
double size_term(const SizeChange& change, double noise, const SplitSettings& s) {
    const double term = std::min(size_fit(change, noise, s), s.size_ceiling);
    return term * (term > 0 ? s.other_size_weight : s.same_size_weight);
}

// Another shape of the box speaks for another person; the same one for one person as far as people here are known to
// differ in it, else for nobody. One who leans or puts a cape on changes it.
double aspect_term(const SizeChange& change, const SplitInput& in, const SplitSettings& s) {
    const double noise = in.statistics->aspect_noise(),
                 between = in.other_shape ? in.other_shape->of_two : s.other_aspect;
    // Twice the variance: of many gaps, each looked at again and again, some show by chance what a single one would not.
    const double same = 2 * change.aspect_variance + noise * noise;
    const double other = same + between * between;
    const double term =
        std::clamp(log_normal(change.aspect, other) - log_normal(change.aspect, same),
                   in.other_shape ? in.other_shape->surety * s.aspect_least : 0.0, s.aspect_most);
    return term > 0 ? term : s.same_shape_weight * term;
}

// Whoever sat there or will sit there comes right to the seat; whoever stands by, not as close.
double closeness_term(double closest, const SplitSettings& s) {
    const double ratio = 0.5 * s.near * s.near / (s.closeness * s.closeness) *
                         std::exp(-0.5 * closest * closest / (s.closeness * s.closeness));
    return std::log(kLastOfSecond * ratio + 1 - kLastOfSecond);
}

// Is the walker as tall as the one who sat before the gap or sits after it?
double stature_term(const Walk& walk, double seated_size, const SplitInput& in, const SplitSettings& s) {
    if (!in.walker || std::isnan(walk.stature)) return 0;
    const double off = walk.stature - (in.walker->offset + seated_size);
    const double same = in.walker->noise * in.walker->noise, other = same + s.other_stature * s.other_stature;
    return std::max(log_normal(off, same) - log_normal(off, other), -s.stature_most);
}

// Log likelihood ratio of the best walk in the window against walks that happen anyway.
double walk_term(const std::vector<Walk>& walks, double expected, double rate, double seated_size,
                 const SplitInput& in, const SplitSettings& s) {
    const double mu = in.statistics->mean_s();
    double best = std::log(s.no_walk);
    for (const Walk& walk : walks)
        best = std::max(best, std::log(kLastOfSecond / (mu * rate)) -
                                  s.lomax_power * std::log1p(std::abs(walk.t - expected) / (2 * mu)) +
                                  closeness_term(walk.closest, s) + stature_term(walk, seated_size, in, s));
    return best;
}

double gap_term(double length, double mu, const SplitSettings& s) {
    return s.lomax_power * std::log1p((length - 1) / (2 * mu)) + std::log(mu / s.exchange_s);
}

// Time in which a person could not be seen says little about whether the person was there.
double excused(const SeatGap& gap, const SplitSettings& s) {
    return gap.blind_s + (1 - s.covered_weight) * gap.covered_s;
}

// Everything but the size. Walks are worth less than each for itself would say: whoever serves comes and goes, too.
double exchange_score(const SplitInput& in, double begin, double end, double excused_s,
                      const SizeChange& sizes, const SplitSettings& s) {
    const double mu = in.statistics->mean_s();
    const double left = walk_term(in.walks->walks(false, begin - kEdge, end), begin,
                                  in.walks->departure_rate(), sizes.before, in, s);
    const double came = walk_term(in.walks->walks(true, begin, end + kEdge), end, in.walks->arrival_rate(),
                                  sizes.after, in, s);
    return s.prior + s.gap_weight * gap_term(std::max(end - begin - excused_s, s.min_gap_s), mu, s) +
           s.walk_weight * (left + came) + aspect_term(sizes, in, s);
}

bool enough_after(const SplitInput& in, double end, const SplitSettings& s) {
    const int after = boxes_of(sizes_between(*in.sizes, end, in.now));
    if (after < s.min_after) return false;
    return in.ended || after >= s.enough_after || in.now - end >= s.enough_after_s;
}

bool worth_testing(const SplitInput& in, const SeatGap& gap, const SplitSettings& s) {
    const double oldest = in.all || in.ended ? s.look_back_s : s.learn_after_s;
    return gap.end >= in.now - oldest && gap.length() > std::max(s.min_gap_s, 2.5 * in.dt);
}

struct Scored {
    double score = 0;  // log odds
    double fit = 0;    // the same with the sizes' full weight: which of several candidates it is
};

// A visitor sat between two clients: gaps i..k with the boxes between them left out.
std::optional<Scored> visitor_score(const SplitInput& in, std::size_t i, std::size_t k,
                                    const SplitSettings& s) {
    const SeatGap &a = (*in.gaps)[i], &b = (*in.gaps)[k];
    if (b.begin - a.end >= s.visitor_s) return std::nullopt;
    const auto middle = sizes_between(*in.sizes, a.end, b.begin);
    const auto before = size_change(*in.sizes, a.begin, b.end, s);
    if (!before || middle.empty()) return std::nullopt;
    const Moments m = size_moments(middle);
    const double noise = in.statistics->size_noise();
    const double to_visitor = size_fit({m.mean - before->before, m.variance + before->variance}, noise, s),
                 from_visitor = size_fit({before->after - m.mean, m.variance + before->variance}, noise, s);
    if (to_visitor <= kVisitorSize || from_visitor <= kVisitorSize) return std::nullopt;
    const double others =
        exchange_score(in, a.begin, b.end, excused(a, s) + excused(b, s), *before, s) - kVisitorPenalty;
    return Scored{others + size_term(*before, noise, s), others + to_visitor + from_visitor};
}

}  // namespace

void SizeSample::add(double box_size, double box_aspect) {
    ++boxes;
    const double off = box_size - size, aspect_off = box_aspect - aspect;
    size += off / boxes;
    spread += off * (box_size - size);
    aspect += aspect_off / boxes;
    aspect_spread += aspect_off * (box_aspect - aspect);
}

void Steadiness::add(const SizeChange& change, std::size_t most) {
    size_.push_back(change.mean * change.mean / kMedianSquare - change.variance);
    aspect_.push_back(change.aspect * change.aspect / kMedianSquare - change.aspect_variance);
    for (auto* excess : {&size_, &aspect_})
        if (excess->size() > most) excess->pop_front();
}

// By the median: a change of clients that nobody noticed is among those taken for one person, too.
double Steadiness::deviation(const std::deque<double>& excess, double usual) {
    std::vector<double> all(kSizePrior, usual * usual);
    all.insert(all.end(), excess.begin(), excess.end());
    return std::sqrt(std::max(0.0, middle_of(std::move(all))));
}

void GapStatistics::same_person(double length_s, const std::optional<SizeChange>& change) {
    const auto most = static_cast<std::size_t>(settings_.mu_window);
    lengths_.push_back(std::clamp(length_s - 1, 0.0, settings_.mu_clip_s));
    if (lengths_.size() > most) lengths_.pop_front();
    if (!change) return;
    own_.add(*change, most);
    if (camera_ != nullptr) camera_->add(*change, most);
}

double GapStatistics::mean_s() const {
    const double n = static_cast<double>(lengths_.size());
    const double sum = std::accumulate(lengths_.begin(), lengths_.end(), 0.0);
    return std::max(settings_.mu_floor_s,
                    (settings_.mu_prior_s * settings_.mu_weight + sum) / (settings_.mu_weight + n));
}

double GapStatistics::size_noise() const {
    const double usual = settings_.same_size_noise;
    return std::max(settings_.least_size_noise, own_.size(camera_ != nullptr ? camera_->size(usual) : usual));
}

double GapStatistics::aspect_noise() const {
    const double usual = settings_.same_size_noise;
    return std::max(settings_.least_aspect_noise,
                    own_.aspect(camera_ != nullptr ? camera_->aspect(usual) : usual));
}

void Rising::add(int zone, double walking_stature, double seated_stature) {
    const double offset = walking_stature - seated_stature;
    if (std::isnan(offset)) return;
    seen_.push_back({zone, offset});
    if (seen_.size() > kRisingKept) seen_.pop_front();
}

// Some of those who came were not the ones who sat down: the middle and the spread of the bulk.
std::optional<Rising::Expected> Rising::in(int zone) const {
    std::vector<double> own, all;
    for (const Seen& seen : seen_) {
        all.push_back(seen.offset);
        if (seen.zone == zone) own.push_back(seen.offset);
    }
    std::vector<double>& used = own.size() >= kRisingKnown ? own : all;
    if (used.size() < kRisingKnown) return std::nullopt;
    const double middle = middle_of(used);
    const double n = static_cast<double>(used.size());
    for (double& offset : used)
        offset = std::abs(offset - middle);
    const double spread = (1.4826 * n * middle_of(used) + kRisingPrior * kRisingNoise) / (n + kRisingPrior);
    return Expected{middle, std::max(kRisingNoise, spread)};
}

std::optional<Shape> shape_of(const std::deque<SizeSample>& sizes, double from) {
    const auto samples = without_outliers(sizes_between(sizes, from, 1e18));
    if (boxes_of(samples) < kShapeBoxes) return std::nullopt;
    const Moments m = moments(samples, &SizeSample::aspect, &SizeSample::aspect_spread);
    return Shape{m.mean, m.variance};
}

void Shapes::follow(const Shape& earlier, const Shape& later) {
    const double change = later.mean - earlier.mean;
    squares_.push_back(change * change / kMedianSquare - earlier.variance - later.variance);
    if (squares_.size() > kShapesKept) squares_.pop_front();
}

// By the median: some of them were one client, whose stay was cut.
std::optional<Shapes::Spread> Shapes::spread() const {
    if (squares_.size() < kShapesKnown) return std::nullopt;
    const double n = static_cast<double>(squares_.size());
    return Spread{std::sqrt(std::max(0.0, middle_of({squares_.begin(), squares_.end()}))),
                  n / (n + static_cast<double>(kShapesKnown))};
}

std::optional<SizeChange> size_change(const std::deque<SizeSample>& sizes, double begin, double end,
                                      const SplitSettings& settings) {
    auto before = sizes_between(sizes, -1e18, begin), after = sizes_between(sizes, end, 1e18);
    const auto most = static_cast<std::size_t>(settings.most_samples);
    if (boxes_of(before) < settings.min_before || boxes_of(after) < settings.min_after) return std::nullopt;
    if (before.size() > most) before.erase(before.begin(), before.end() - static_cast<std::ptrdiff_t>(most));
    if (after.size() > most) after.resize(most);
    before = without_outliers(std::move(before));
    after = without_outliers(std::move(after));
    const Moments b = moments(before, &SizeSample::size, &SizeSample::spread),
                  a = moments(after, &SizeSample::size, &SizeSample::spread),
                  aspect_b = moments(before, &SizeSample::aspect, &SizeSample::aspect_spread),
                  aspect_a = moments(after, &SizeSample::aspect, &SizeSample::aspect_spread);
    return SizeChange{a.mean - b.mean, variance_of_change(b, a),      b.mean,
                      a.mean,          aspect_a.mean - aspect_b.mean, variance_of_change(aspect_b, aspect_a)};
}

namespace {

// A change shows in the sizes after earlier gaps, too: a gap is judged when those that follow soon can be.
bool decidable(const SplitInput& in, std::size_t i, const SplitSettings& s) {
    const std::deque<SeatGap>& gaps = *in.gaps;
    if (!enough_after(in, gaps[i].end, s)) return false;
    // Where gap follows on gap, waiting has an end: later the gap is too old to be judged.
    if (in.ended || in.now - gaps[i].end >= s.enough_after_s) return true;
    int seen = 0;
    auto sample = in.sizes->begin();
    for (std::size_t k = i + 1; k < gaps.size(); ++k) {
        for (; sample != in.sizes->end() && sample->t <= gaps[k].begin + 1e-9; ++sample)
            seen += sample->t >= gaps[i].end - 1e-9 ? sample->boxes : 0;
        if (seen >= s.enough_after) return true;
        if (worth_testing(in, gaps[k], s) && !enough_after(in, gaps[k].end, s)) return false;
    }
    return true;
}

}  // namespace

std::optional<SplitFound> find_split(const SplitInput& in, const SplitSettings& s) {
    std::optional<SplitFound> best;
    double best_fit = 0, pending_fit = 0;
    const double noise = in.statistics->size_noise();
    const auto consider = [&](double score, double fit, std::size_t i, std::size_t k) {
        if (score <= 0 || (best && fit <= best_fit)) return;
        best = {(*in.gaps)[i].begin, (*in.gaps)[k].end, score, i, k};
        best_fit = fit;
    };
    for (std::size_t i = 0; i < in.gaps->size(); ++i) {
        SeatGap& gap = (*in.gaps)[i];
        if (!worth_testing(in, gap, s)) continue;
        const bool ripe = decidable(in, i, s);
        if (const auto change = size_change(*in.sizes, gap.begin, gap.end, s)) {
            const double others = exchange_score(in, gap.begin, gap.end, excused(gap, s), *change, s);
            const double score = others + size_term(*change, noise, s),
                         fit = others + size_fit(*change, noise, s);
            if (!ripe && score > 0) pending_fit = std::max(pending_fit, fit);
            if (ripe) {
                gap.size_change = change->mean;
                gap.score = score;
                consider(score, fit, i, i);
            }
        }
        if (!ripe) continue;
        for (std::size_t k = i; k-- > 0;) {
            const SeatGap& earlier = (*in.gaps)[k];
            if (gap.begin - earlier.end >= s.visitor_s) break;
            if (earlier.end < in.now - s.learn_after_s) break;
            if (const auto score = visitor_score(in, k, i, s)) consider(score->score, score->fit, k, i);
        }
    }
    // The next client's first boxes show after the gaps before the true one, too: that one is waited for.
    return best && pending_fit > best_fit ? std::nullopt : best;
}

}  // namespace chairside
